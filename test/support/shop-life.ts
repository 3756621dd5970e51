import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { POOL } from '../../src/adapters/postgres/tokens.js';
import { PROJECTION_RUNNERS } from '../../src/projections/tokens.js';
import { SHORT_WAITS, startApp, type TestApp } from './app.js';
import { commandLine } from './services/command-line.js';
import type { FreshDatabase } from './services/database.js';
import { onSale, reserve, smallPlan } from './seat-inventory/event-on-sale.js';
import { until } from './read-side.js';

const keys = (d: string, x: string) =>
  JSON.stringify({ keys: [{ kty: 'OKP', crv: 'Ed25519', x, d }] });
const SETTINGS = {
  MAIL: 'on',
  AUDIT_CHECKPOINT_SECONDS: '1',
  // The key pairs of RFC 8037 and RFC 8032, test 2.
  AUDIT_SIGNING_KEYS: keys(
    'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  ),
  TICKET_SIGNING_KEYS: keys(
    'TM0Imyj_ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U-4pvs',
    'PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw',
  ),
};

/** A shop on a database that a test replaces while the shop has work in progress. */
export interface ShopLife {
  readonly app: TestApp;
  /** A sale, a hold and a payment whose outcome is unknown. */
  begin(): Promise<void>;
  close(): Promise<void>;
  /** Restarts the shop on the new database. */
  reopen(database: FreshDatabase): Promise<void>;
  /**
   * Checks that all work in progress completes, and that sales, reads, refunds, search and audit
   * still work.
   */
  goOn(): Promise<void>;
}

export async function openShopLife(first: FreshDatabase): Promise<ShopLife> {
  const settings = { ...SETTINGS, PAYMENTS_SANDBOX_SECRET: randomBytes(32).toString('hex') };
  const dataDir = await mkdtemp(join(tmpdir(), 'boxoffice-life-'));
  const open = (database: FreshDatabase) =>
    startApp('postgres', { ...settings, DATA_DIR: dataDir }, SHORT_WAITS, database);
  let app = await open(first);
  let path = '';
  const sold: string[] = [];
  let held = '';
  let lost = '';

  const as = (sub: string, role = 'customer') => app.token(sub, role);
  const pay = async (sub: string, reservationId: string, token: string) =>
    app.ask('POST', `${path}/reservations/${reservationId}/confirm`, {
      token: await as(sub),
      body: { payment: { token }, email: `${sub}@example.org` },
    });
  const hold = async (sub: string, ...seatIds: string[]): Promise<string> => {
    const { status, body } = await reserve(app, path, await as(sub), { seatIds });
    expect({ status, body }).toMatchObject({ status: 201 });
    return body.reservationId;
  };
  const buy = async (sub: string, ...seatIds: string[]) => {
    const reservationId = await hold(sub, ...seatIds);
    expect((await pay(sub, reservationId, 'tok_success')).status).toBe(200);
    sold.push(reservationId);
    await shows(sub, reservationId, 'confirmed');
    return reservationId;
  };
  const shows = async (sub: string, reservationId: string, status: string) => {
    const token = await as(sub);
    let last: unknown;
    const isSo = async () => {
      const reply = await app.ask('GET', `${path}/reservations/${reservationId}`, { token });
      last = reply.body;
      return reply.body.status === status;
    };
    await until(isSo, 20_000, () => ({ sub, wanted: status, last, ...standing() }));
  };
  const standing = () => ({
    runners: app.get(PROJECTION_RUNNERS).map((runner) => runner.status().lastError),
  });
  const ticketsOf = async (sub: string) =>
    (await app.ask('GET', '/v1/me/tickets', { token: await as(sub) })).body.tickets as {
      code: string;
    }[];
  const isMailed = (reservationId: string) => async () => {
    const { rows } = await app
      .get(POOL)
      .query<{ status: string }>(
        'select status from confirmation_mails where reservation_id = $1',
        [reservationId],
      );
    return rows[0]?.status === 'sent';
  };

  const rebuild = async (name: string) => {
    const token = await as('otto', 'operator');
    const at = `/v1/ops/projections/${name}/rebuild`;
    expect((await app.ask('POST', at, { token })).status).toBe(202);
    await until(
      async () => (await app.ask('GET', at, { token })).body.rebuild.phase === 'switched',
      20_000,
    );
  };
  const verify = async () => {
    const environment = { DATABASE_URL: app.databaseUrl, DATA_DIR: dataDir, ...SETTINGS };
    const verdict = await commandLine(['audit', 'verify'], environment);
    expect(verdict).toMatchObject({ code: 0 });
  };

  return {
    get app() {
      return app;
    },
    begin: async () => {
      ({ path } = await onSale(app, smallPlan(4, 20), { holdSeconds: 600 }));
      await buy('anna', 'A-1', 'A-2');
      held = await hold('ben', 'A-3');
      lost = await hold('cleo', 'A-4');
      expect((await pay('cleo', lost, 'tok_silent')).status).toBe(202);
    },
    close: () => app.close(),
    reopen: async (database) => {
      app = await open(database);
    },
    goOn: async () => {
      await shows('cleo', lost, 'confirmed');
      expect((await pay('ben', held, 'tok_success')).status).toBe(200);
      await shows('ben', held, 'confirmed');
      const bought = await buy('dora', 'B-1', 'B-2');
      await until(async () => (await ticketsOf('dora')).length === 2);
      await until(isMailed(bought), 20_000, standing);

      const olga = await as('organiser', 'organizer');
      const [ticket] = await ticketsOf('dora');
      const checkIn = await app.ask('POST', `${path}/check-ins`, {
        token: olga,
        body: { code: ticket!.code },
      });
      expect(checkIn.status).toBe(200);
      const refund = await app.ask('POST', `${path}/reservations/${sold[0]}/refund`, {
        token: olga,
      });
      expect(refund.status).toBe(200);
      await shows('anna', sold[0]!, 'refunded');
      const renamed = await app.ask('PATCH', path, { token: olga, body: { name: 'Zauberflöte' } });
      expect(renamed.status).toBe(200);
      await until(
        async () => (await app.ask('GET', '/v1/events?q=Zauberfl%C3%B6te')).body.total === 1,
        20_000,
      );

      const ledger = await app.ask('GET', '/v1/ops/ledger', {
        token: await as('otto', 'operator'),
      });
      expect(ledger.body.balanced).toBe(true);
      for (const name of ['reservations', 'seat-status']) await rebuild(name);
      await shows('dora', bought, 'confirmed');
      await verify();
      expect((await app.ask('GET', '/health/ready')).body).toMatchObject({ checks: { log: 'ok' } });
    },
  };
}
