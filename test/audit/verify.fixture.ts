import pg from 'pg';
import { chained } from '../../src/adapters/event-store/chained.js';
import { openPostgresEventStore } from '../../src/adapters/event-store/postgres/postgres.js';
import { postgresStoredLog } from '../../src/adapters/event-store/stored-log/postgres.js';
import { readKeySet } from '../../src/adapters/ticket/ticket-keys.js';
import {
  openSignedHeads,
  type SignedHead,
  type SignedHeads,
} from '../../src/audit/signed-heads.js';
import { verifyLog, type Verdict } from '../../src/audit/verify.js';
import type { EventStore } from '../../src/ports/event-store/event-store.js';
import { freshDatabase } from '../support/services/database.js';
import { newEvent } from '../support/log/domain-events.js';
import { until } from '../support/read-side.js';

export const KEYS = readKeySet(
  JSON.stringify({
    keys: [
      {
        ...{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
        d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
      },
    ],
  }),
  'KEYS',
);
export const FOREIGN_KEYS = readKeySet(
  JSON.stringify({
    keys: [
      {
        ...{ kty: 'OKP', crv: 'Ed25519', x: 'PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw' },
        d: 'TM0Imyj_ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U-4pvs',
      },
    ],
  }),
  'KEYS',
);

/** A log of three streams. Two signed heads cover all but the last three domain events. */
export interface AuditedLog {
  readonly store: EventStore;
  readonly pool: pg.Pool;
  /** Connection that `verify` and `after` use. */
  readonly client: pg.PoolClient;
  readonly signedHeads: SignedHeads;
  verify(kept?: SignedHead[], keys?: typeof KEYS): Promise<Verdict>;
  /** Returns the verdict after these statements, which are then rolled back. */
  after(...statements: [text: string, ...values: unknown[]][]): Promise<Verdict>;
  close(): Promise<void>;
}

const event = (number: number) =>
  newEvent({ number, text: `é"\u001f ${number}`, seatIds: ['A-1', 'A-2'] });

export async function openAuditedLog(): Promise<AuditedLog> {
  const database = await freshDatabase();
  const store = chained(openPostgresEventStore({ connectionString: database.url, poolSize: 2 }));
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  const client = await pool.connect();
  const signedHeads = openSignedHeads({ pool, log: postgresStoredLog(pool), keys: KEYS });
  await fillAndSign(store, signedHeads);
  const verify: AuditedLog['verify'] = (kept = [], keys = KEYS) =>
    verifyLog({ db: client as never, log: postgresStoredLog(client as never), keys, kept });
  return {
    store,
    pool,
    client,
    signedHeads,
    verify,
    after: async (...statements) => {
      await client.query('begin');
      try {
        for (const [text, ...values] of statements) await client.query(text, values);
        return await verify();
      } finally {
        await client.query('rollback');
      }
    },
    close: async () => {
      client.release();
      await pool.end();
      await store.close();
      await database.drop();
    },
  };
}

async function fillAndSign(store: EventStore, signedHeads: SignedHeads): Promise<void> {
  await store.append('payment-1', 'no-stream', [event(0), event(1), event(2)]);
  await store.append('payment-2', 'no-stream', [event(0)]);
  // Transactions of other suites on this server hold the end of the log back for a moment.
  await until(async () => (await signedHeads.sign(1_000)).signed);
  await store.append('payment-1', 2n, [event(3), event(4)]);
  await store.append('payment-3', 'no-stream', [event(0), event(1)]);
  await until(async () => (await signedHeads.sign(2_000)).signed);
  expect(await signedHeads.sign(3_000)).toEqual({ signed: false, more: false });
  await store.append('payment-3', 1n, [event(2), event(3), event(4)]);
}

/** Returns the findings as `problem stream revision`. */
export const found = ({ findings }: Verdict) =>
  findings.map(({ problem, stream, revision }) =>
    `${problem} ${stream} ${revision}`.replace('  ', ' '),
  );
