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
export class ShopLife {
  private path = '';
  private readonly sold: string[] = [];
  private held = '';
  private unknown = '';

  private constructor(
    private readonly open: (database: FreshDatabase) => Promise<TestApp>,
    private readonly dataDir: string,
    private opened: TestApp,
  ) {}

  static async open(first: FreshDatabase): Promise<ShopLife> {
    const settings = { ...SETTINGS, PAYMENTS_SANDBOX_SECRET: randomBytes(32).toString('hex') };
    const dataDir = await mkdtemp(join(tmpdir(), 'boxoffice-life-'));
    const open = (database: FreshDatabase) =>
      startApp('postgres', { ...settings, DATA_DIR: dataDir }, SHORT_WAITS, database);
    return new ShopLife(open, dataDir, await open(first));
  }

  get app(): TestApp {
    return this.opened;
  }

  /** A sale, a hold and a payment whose outcome is unknown. */
  async begin(): Promise<void> {
    ({ path: this.path } = await onSale(this.app, smallPlan(4, 20), { holdSeconds: 600 }));
    await this.buy('anna', 'A-1', 'A-2');
    this.held = await this.hold('ben', 'A-3');
    this.unknown = await this.hold('cleo', 'A-4');
    expect((await this.pay('cleo', this.unknown, 'tok_silent')).status).toBe(202);
  }

  close(): Promise<void> {
    return this.app.close();
  }

  /** Restarts the shop on the new database. */
  async reopen(database: FreshDatabase): Promise<void> {
    this.opened = await this.open(database);
  }

  /**
   * Checks that all work in progress completes, and that sales, reads, refunds, search and audit
   * still work.
   */
  async goOn(): Promise<void> {
    await this.shows('cleo', this.unknown, 'confirmed');
    expect((await this.pay('ben', this.held, 'tok_success')).status).toBe(200);
    await this.shows('ben', this.held, 'confirmed');
    const bought = await this.buy('dora', 'B-1', 'B-2');
    await until(async () => (await this.ticketsOf('dora')).length === 2);
    await until(
      () => this.isMailed(bought),
      20_000,
      () => this.standing(),
    );
    await this.checkOrganizer();

    const ledger = await this.app.ask('GET', '/v1/ops/ledger', {
      token: await this.as('otto', 'operator'),
    });
    expect(ledger.body.balanced).toBe(true);
    for (const name of ['reservations', 'seat-status']) await this.rebuild(name);
    await this.shows('dora', bought, 'confirmed');
    await this.verify();
    expect((await this.app.ask('GET', '/health/ready')).body).toMatchObject({
      checks: { log: 'ok' },
    });
  }

  /** Checks a ticket in, refunds a sale and renames the event. */
  private async checkOrganizer(): Promise<void> {
    const { app, path } = this;
    const token = await this.as('organiser', 'organizer');
    const [ticket] = await this.ticketsOf('dora');
    const checkIn = await app.ask('POST', `${path}/check-ins`, {
      token,
      body: { code: ticket!.code },
    });
    expect(checkIn.status).toBe(200);
    const refund = await app.ask('POST', `${path}/reservations/${this.sold[0]}/refund`, { token });
    expect(refund.status).toBe(200);
    await this.shows('anna', this.sold[0]!, 'refunded');
    const renamed = await app.ask('PATCH', path, { token, body: { name: 'Zauberflöte' } });
    expect(renamed.status).toBe(200);
    await until(
      async () => (await app.ask('GET', '/v1/events?q=Zauberfl%C3%B6te')).body.total === 1,
      20_000,
    );
  }

  private as(sub: string, role = 'customer'): Promise<string> {
    return this.app.token(sub, role);
  }

  private async pay(sub: string, reservationId: string, token: string) {
    return this.app.ask('POST', `${this.path}/reservations/${reservationId}/confirm`, {
      token: await this.as(sub),
      body: { payment: { token }, email: `${sub}@example.org` },
    });
  }

  private async hold(sub: string, ...seatIds: string[]): Promise<string> {
    const token = await this.as(sub);
    const { status, body } = await reserve(this.app, this.path, token, { seatIds });
    expect({ status, body }).toMatchObject({ status: 201 });
    return body.reservationId;
  }

  private async buy(sub: string, ...seatIds: string[]): Promise<string> {
    const reservationId = await this.hold(sub, ...seatIds);
    expect((await this.pay(sub, reservationId, 'tok_success')).status).toBe(200);
    this.sold.push(reservationId);
    await this.shows(sub, reservationId, 'confirmed');
    return reservationId;
  }

  /** Waits until the reservation has this status. */
  private async shows(sub: string, reservationId: string, status: string): Promise<void> {
    const token = await this.as(sub);
    let last: unknown;
    const hasStatus = async () => {
      const reply = await this.app.ask('GET', `${this.path}/reservations/${reservationId}`, {
        token,
      });
      last = reply.body;
      return reply.body.status === status;
    };
    await until(hasStatus, 20_000, () => ({ sub, wanted: status, last, ...this.standing() }));
  }

  private standing() {
    const runners = this.app.get(PROJECTION_RUNNERS);
    return { runners: runners.map((runner) => runner.status().lastError) };
  }

  private async ticketsOf(sub: string): Promise<{ code: string }[]> {
    const token = await this.as(sub);
    return (await this.app.ask('GET', '/v1/me/tickets', { token })).body.tickets;
  }

  private async isMailed(reservationId: string): Promise<boolean> {
    const { rows } = await this.app
      .get(POOL)
      .query<{ status: string }>(
        'select status from confirmation_mails where reservation_id = $1',
        [reservationId],
      );
    return rows[0]?.status === 'sent';
  }

  private async rebuild(name: string): Promise<void> {
    const token = await this.as('otto', 'operator');
    const at = `/v1/ops/projections/${name}/rebuild`;
    expect((await this.app.ask('POST', at, { token })).status).toBe(202);
    const isSwitched = async () =>
      (await this.app.ask('GET', at, { token })).body.rebuild.phase === 'switched';
    await until(isSwitched, 20_000);
  }

  private async verify(): Promise<void> {
    const { databaseUrl } = this.app;
    const environment = { DATABASE_URL: databaseUrl, DATA_DIR: this.dataDir, ...SETTINGS };
    const verdict = await commandLine(['audit', 'verify'], environment);
    expect(verdict).toMatchObject({ code: 0 });
  }
}
