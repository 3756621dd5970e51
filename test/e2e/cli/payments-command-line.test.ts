import pg from 'pg';
import { startApp, type TestApp } from '../../support/app.js';
import { commandLine } from '../../support/services/command-line.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

describe('boxoffice payments', () => {
  let app: TestApp;
  let pool: pg.Pool;
  let environment: Record<string, string>;
  const boxoffice = (...args: string[]) => commandLine(['payments', ...args], environment);
  beforeAll(async () => {
    app = await startApp('postgres');
    pool = new pg.Pool({ connectionString: app.databaseUrl, max: 1 });
    environment = { BOXOFFICE_URL: app.url, BOXOFFICE_TOKEN: await app.token('olga', 'operator') };
  });
  afterAll(async () => {
    await pool?.end();
    await app?.close();
  });

  it('lists nothing while every payment progresses', async () => {
    const none = { code: 0, out: 'Every payment is finished or in progress.\n' };
    expect(await boxoffice('unresolved')).toMatchObject(none);
    const { code, out } = await boxoffice('unresolved', '--json');
    expect([code, JSON.parse(out)]).toEqual([0, { payments: [] }]);
  });

  it('lists a payment without changes for too long, and settles it', async () => {
    const show = await onSale(app);
    const anna = await app.token('anna', 'customer');
    const { reservationId } = (await reserve(app, show.path, anna, { seatIds: ['A-1'] })).body;
    const asked = confirm(app, show.path, anna, reservationId, 'tok_silent');
    const quiet = `update payments set changed_at = now() - interval '16 minutes'
      where reservation_id = $1`;
    await until(async () => (await pool.query(quiet, [reservationId])).rowCount === 1);
    expect((await asked).status).toBe(202);

    const told = await boxoffice('unresolved');
    expect(told.code).toBe(1);
    expect(told.out.split('\n')[1]).toContain(
      `${reservationId}  ${show.eventId}  sandbox   pending`,
    );
    expect(await boxoffice('settle', reservationId)).toMatchObject({
      code: 0,
      out: 'Settled: the payment is finished.\n',
    });
    await until(async () => (await boxoffice('unresolved')).code === 0);
  });

  it('lists a webhook that matches no payment until it is resolved', async () => {
    await pool.query(
      `insert into unmatched_payment_notices
         (provider, notice_id, problem, type, amount_minor, currency)
       values ('stripe', 'evt_1', 'names-no-payment', 'payment_intent.succeeded', 4500, 'EUR')`,
    );
    const told = await boxoffice('unresolved');
    expect(told.code).toBe(1);
    expect(told.out.split('\n')[1]).toMatch(
      /^evt_1 +stripe +names-no-payment +payment_intent.succeeded/,
    );
    expect(await boxoffice('resolve', 'stripe', 'evt_1')).toMatchObject({ code: 0 });
    expect(await boxoffice('unresolved')).toMatchObject({ code: 0 });
    const none = await boxoffice('resolve', 'stripe', 'evt_2');
    expect(none).toMatchObject({
      code: 1,
      error: expect.stringContaining('payment-notice-unknown'),
    });
  });

  it('rejects a reservation without a payment, and an account without the role', async () => {
    expect(await boxoffice('settle', 'none')).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringContaining('payment-unknown'),
    });
    const token = await app.token('carl', 'customer');
    const refused = await commandLine(['payments', 'unresolved', '--token', token], environment);
    expect(refused).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringContaining('role-required'),
    });
  });
});
