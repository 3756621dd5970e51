import pg from 'pg';
import { POOL } from '../../../src/adapters/postgres/tokens.js';
import { openAdvisoryLocks } from '../../../src/read-models/tables/advisory-lock.js';
import { startApp, SHORT_WAITS, type TestApp } from '../../support/app.js';
import { freshDatabase, type FreshDatabase } from '../../support/services/database.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

describe('a shop with a single connection for its queries', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp('postgres', { DATABASE_POOL_SIZE: '1', MAIL: 'on' }, SHORT_WAITS);
  });
  afterAll(() => app.close());

  it('sells, settles, mails, cancels and signs without a second connection', async () => {
    const { path, eventId } = await onSale(app);
    const anna = await app.tokenWithEmail('anna', 'anna@example.org');
    const pay = async (seat: string, card: string) => {
      const { body } = await reserve(app, path, anna, { seatIds: [seat] });
      return {
        ...(await confirm(app, path, anna, body.reservationId, card)),
        id: String(body.reservationId),
      };
    };
    expect((await pay('A-1', 'tok_success')).status).toBe(200);
    const late = await pay('A-2', 'tok_silent');
    const look = async (id: string) =>
      (await app.ask('GET', `${path}/reservations/${id}`, { token: anna })).body;
    await until(async () => (await look(late.id)).status === 'confirmed', 20_000);
    const pool = app.get(POOL);
    await until(async () => {
      const { rows } = await pool.query<{ sent: number }>(
        `select count(*)::int as sent from confirmation_mails where status = 'sent'`,
      );
      return rows[0]!.sent === 2;
    }, 20_000);
    const olga = await app.token('olga', 'organizer');
    const cancel = await app.ask('POST', `${path}/cancel`, {
      token: olga,
      body: { reason: 'storm' },
    });
    expect(cancel.status).toBe(202);
    const cancellation = () =>
      app.ask('GET', `/v1/events/${eventId}/cancellation`, { token: olga });
    await until(async () => (await cancellation()).body.status === 'done', 20_000);
    expect((await app.ask('GET', '/health/ready')).status).toBe(200);
  });
});

describe('advisory locks', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());
  const open = (log: string[] = []) =>
    openAdvisoryLocks({
      connectionString: database.url,
      warn: (message) => void log.push(message),
    });

  it('are held by one node and one caller at a time, separately for each name', async () => {
    const [one, other] = [open(), open()];
    const inside = await one.withAdvisoryLock('a', async () => {
      expect(await one.withAdvisoryLock('a', async () => {})).toBe(false);
      expect(await other.withAdvisoryLock('a', async () => {})).toBe(false);
      expect(await one.withAdvisoryLock('b', async () => {})).toBe(true);
      expect(await other.withAdvisoryLock('c', async () => {})).toBe(true);
    });
    expect(inside).toBe(true);
    expect(await other.withAdvisoryLock('a', async () => {})).toBe(true);
    await expect(
      other.withAdvisoryLock('a', () => Promise.reject(new Error('failed'))),
    ).rejects.toThrow('failed');
    expect(await one.withAdvisoryLock('a', async () => {})).toBe(true);
    await Promise.all([one.close(), other.close()]);
  });

  it('of a lost connection are free for other nodes, and the node reconnects', async () => {
    const logged: string[] = [];
    const [one, other] = [open(logged), open()];
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const losing = one.withAdvisoryLock('a', async () => {
      await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'boxoffice-turns' and datname = current_database()`,
      );
      await until(async () => await other.withAdvisoryLock('a', async () => {}).catch(() => false));
    });
    await expect(losing).rejects.toThrow('The connection that held the lock a was lost');
    expect(logged).toHaveLength(1);
    expect(await one.withAdvisoryLock('a', async () => {})).toBe(true);
    await client.end();
    await Promise.all([one.close(), other.close()]);
  });
});
