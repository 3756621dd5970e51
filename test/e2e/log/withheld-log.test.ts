import pg from 'pg';
import { POOL } from '../../../src/adapters/postgres/tokens.js';
import { startApp, type TestApp } from '../../support/app.js';
import { onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

describe('a log that an open transaction of the same cluster withholds', () => {
  let app: TestApp;
  let other: pg.Client;
  beforeAll(async () => {
    app = await startApp('postgres');
    // Of another database: transaction ids are those of the whole cluster.
    other = new pg.Client({
      connectionString: process.env.TEST_SERVER_URL,
      application_name: 'somebody',
    });
    await other.connect();
  });
  afterAll(async () => {
    await other.end();
    await app.close();
  });

  const metrics = async () => String((await app.ask('GET', '/metrics')).body);
  const ready = () => app.ask('GET', '/health/ready');
  const lags = async () =>
    [...(await metrics()).matchAll(/^boxoffice_projection_lag_seconds\{.*\} (\S+)$/gm)].map(
      ([, lag]) => Number(lag),
    );
  const withheldSeconds = async () =>
    Number(/^boxoffice_log_withheld_seconds (\S+)$/m.exec(await metrics())?.[1]);

  it.each([
    [
      'an idle session',
      'begin; select pg_current_xact_id()',
      'rollback',
      /somebody \(pid \d+\).*idle in transaction/,
    ],
  ])(
    'by %s: ready with a warning, the cause named, and a lag that grows',
    async (_, hold, release, cause) => {
      const { path } = await onSale(app);
      await until(async () => (await app.ask('GET', path)).status === 200);
      await until(async () => (await ready()).body.checks.log === 'ok');
      await other.query(hold);
      const anna = await app.token('anna', 'customer');
      const { status, body } = await reserve(app, path, anna, { seatIds: ['A-1'] });
      expect(status).toBe(201);

      await until(async () => (await ready()).body.checks.log === 'withheld');
      const answer = await ready();
      expect(answer.status).toBe(200);
      expect(answer.body.causes.log).toMatch(cause);
      await until(async () => (await lags()).every((lag) => lag > 2));
      expect(await withheldSeconds()).toBeGreaterThan(2);
      expect(await metrics()).toMatch(
        /^boxoffice_log_condition\{state="withheld",cause=".*somebody.*"\} 1$/m,
      );
      const listed = await app.ask('GET', '/v1/ops/projections', {
        token: await app.token('otto', 'operator'),
      });
      for (const { lagSeconds } of listed.body.projections) expect(lagSeconds).toBeGreaterThan(1);

      await other.query(release);
      await until(async () => (await ready()).body.checks.log === 'ok');
      const look = () =>
        app.ask('GET', `${path}/reservations/${body.reservationId}`, { token: anna });
      await until(async () => (await look()).body.status === 'held');
      await until(
        async () => (await lags()).every((lag) => lag === 0) && (await withheldSeconds()) === 0,
      );
    },
  );

  it('a transaction of ours that is left open is ended by the server', async () => {
    const { rows } = await app
      .get(POOL)
      .query<{ limit: string }>(
        `select current_setting('idle_in_transaction_session_timeout') as limit`,
      );
    expect(rows).toEqual([{ limit: '10s' }]);
  });
});
