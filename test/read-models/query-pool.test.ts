import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { openQueryPool } from '../../src/read-models/tables/query-pool.js';
import { freshDatabase, type FreshDatabase } from '../support/services/database.js';

/** A proxy to a database that can stop answering: connections stay open without answers. */
async function openSilencer(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let silent = false;
  const listener = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (data) => void (silent || to.write(data)));
      from.on('close', () => to.destroy()).on('error', () => {});
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return {
    url: url.href,
    fallSilent: (now: boolean) => void (silent = now),
    close: () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
    },
  };
}

const LIMITS_MS = { connection: 200, query: 300 };

describe('the query pool', () => {
  let database: FreshDatabase;
  let way: Awaited<ReturnType<typeof openSilencer>>;
  beforeAll(async () => {
    database = await freshDatabase();
    way = await openSilencer(database.url);
  });
  afterAll(async () => {
    way.close();
    await database.drop();
  });

  it('times out when the database stops answering, and works again when it is back', async () => {
    const pool = openQueryPool({ connectionString: way.url, max: 2, limitsMs: LIMITS_MS });
    try {
      await pool.query('select 1');
      way.fallSilent(true);
      const asked = Date.now();
      const answers = await Promise.allSettled(
        Array.from({ length: 20 }, () => pool.query('select 1')),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill('rejected'));
      expect(Date.now() - asked).toBeLessThan(3_000);
      way.fallSilent(false);
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    } finally {
      way.fallSilent(false);
      await pool.end();
    }
  });

  it('lets the server cancel a statement that takes too long', async () => {
    const pool = openQueryPool({ connectionString: database.url, max: 1, limitsMs: LIMITS_MS });
    await expect(pool.query('select pg_sleep(5)')).rejects.toMatchObject({ code: '57014' });
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });
});
