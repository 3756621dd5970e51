import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import pg from 'pg';
import { AppModule } from '../../src/app/app.module.js';
import { startBoxoffice } from '../../src/app/boxoffice.js';
import { readConfig } from '../../src/config/config.js';
import { createHttpApplication } from '../../src/http/platform/server/application.js';
import { freshDatabase, type FreshDatabase } from '../support/services/database.js';

const LOG = { log: () => {}, warn: () => {}, error: () => {} };

/** Providers in the order in which they close; those of one line may close in any order. */
const CLOSING_ORDER = [
  ['RequestsUnderWay'],
  [
    'Checkpointing',
    'ConfirmationMail',
    'EventCancellation',
    'HistorySnapshots',
    'HoldExpiry',
    'PaymentSettlement',
    'SearchIndexing',
    'TicketVoids',
  ],
  ['InventoryWriters', 'LiveSeatStatus'],
  ['LogAcceptances', 'ProjectionRunners', 'Rebuilds'],
  ['LogGuard'],
  ['StoredEvents'],
  ['AdvisoryLocks', 'Pool'],
  ['PostgresServer'],
];

@Module({})
class ObservedModule {}

let database: FreshDatabase;
let directory: string;

beforeEach(async () => {
  database = await freshDatabase();
  directory = await mkdtemp(join(tmpdir(), 'boxoffice-lifecycle-'));
});
afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

const configWith = (settings: Readonly<Record<string, string>> = {}) =>
  readConfig({
    NODE_ENV: 'test',
    DATA_DIR: directory,
    DATABASE_URL: database.url,
    JWT_SECRET: 'Zx4q0PmW9sTb7LrK2vYd8NcE5hJg1UfA',
    PORT: '0',
    LOG_LEVEL: 'silent',
    ...settings,
  });

/** Records the name of each provider when its shutdown hook has ended. */
function recordShutdown(providers: ReturnType<DiscoveryService['getProviders']>): string[] {
  const ended: string[] = [];
  for (const { token, instance, isAlias } of providers) {
    const hook: unknown = instance?.onApplicationShutdown;
    if (isAlias || typeof hook !== 'function' || typeof token !== 'symbol') continue;
    Object.defineProperty(instance, 'onApplicationShutdown', {
      value: async () => {
        await hook.call(instance);
        ended.push(token.description!);
      },
    });
  }
  return ended;
}

/** A request whose body lacks its last byte. */
async function openRequest(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'POST /v1/dev/tokens HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n' +
      'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{',
  );
  await sleep(100);
  return socket;
}

describe('the end of a service', () => {
  it(
    'closes requests, processes, writers, ' + 'projections, stores and the database in this order',
    async () => {
      const imports = [AppModule.with({ config: configWith(), log: LOG }), DiscoveryModule];
      const app = await createHttpApplication(
        { module: ObservedModule, imports },
        { logger: false, abortOnError: false },
      );
      await app.listen(0, '127.0.0.1');
      const ended = recordShutdown(app.get(DiscoveryService).getProviders());
      const request = await openRequest(Number(new URL(await app.getUrl()).port));

      const closing = app.close();
      await sleep(300);
      expect(ended).toEqual([]);
      request.write('}');
      const [answer] = (await once(request, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 [24]\d\d /);
      await closing;

      const lines = ended.map((name) => CLOSING_ORDER.findIndex((line) => line.includes(name)));
      const known = lines.filter((line) => line >= 0);
      expect(known).toEqual([...known].sort((a, b) => a - b));
      expect(ended).toEqual(expect.arrayContaining(CLOSING_ORDER.flat()));
    },
  );

  it('closes every connection when the start fails', async () => {
    const config = configWith({ TICKET_SIGNING_KEYS: join(directory, 'missing.json') });
    await expect(startBoxoffice(config)).rejects.toThrow('TICKET_SIGNING_KEYS');
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ others: number }>(
      `select count(*)::int as others from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await client.end();
    expect(rows).toEqual([{ others: 0 }]);
  });
});
