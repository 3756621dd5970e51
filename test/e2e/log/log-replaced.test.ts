import { setTimeout as pause } from 'node:timers/promises';
import { ConsoleLogger } from '@nestjs/common';
import { POOL } from '../../../src/adapters/postgres/tokens.js';
import { SIGNED_HEADS } from '../../../src/audit/tokens.js';
import { EVENT_STORE } from '../../../src/ports/shared/tokens.js';
import { attestedBy } from '../../../src/audit/signed-heads.js';
import { LOG_TRUST_MS } from '../../../src/ports/event-store/log-identity.js';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { restorable } from '../../support/eventstoredb/eventstoredb-server.js';
import { commandLine } from '../../support/services/command-line.js';
import { freshDatabase, type FreshDatabase } from '../../support/services/database.js';
import { confirm, onSale, reserve, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

const stores = restorable(EVENT_STORES);
describe.each(stores)('an older backup of the log, over %s', (eventStore) => {
  let database: FreshDatabase;
  /** Runs during the restore. */
  let living: TestApp;
  /** Starts after it. */
  let restarted: TestApp;
  let path: string;
  /** Id of an event that was put on sale after the backup. */
  let lostPath: string;
  let ann: string;
  let operator: string;
  const errors: string[] = [];
  /** In the backup; sold after it; held after it. */
  const reservations: Record<'kept' | 'sold' | 'held', string> = { kept: '', sold: '', held: '' };

  beforeAll(async () => {
    const logged = jest.spyOn(ConsoleLogger.prototype, 'error');
    logged.mockImplementation((message: unknown) => void errors.push(String(message)));
    database = await freshDatabase();
    living = await startApp(eventStore, { LOG_LEVEL: 'error' }, { scanMs: 50 }, database);
    ({ path } = await onSale(living));
    ann = await living.token('ann', 'customer');
    operator = await living.token('otto', 'operator');
    reservations.kept = await sold(living, ['A-1']);
    await shown(living, reservations.kept, 'confirmed');
    const backup = await sizeOfLog();
    reservations.sold = await sold(living, ['B-1', 'B-2']);
    reservations.held = (await reserve(living, path, ann, { seatIds: ['C-1'] })).body.reservationId;
    await shown(living, reservations.sold, 'confirmed');
    await shown(living, reservations.held, 'held');
    await until(async () => (await paymentsShown()) === 2);
    ({ path: lostPath } = await onSale(living, smallPlan(1, 2), { name: 'Zarzuela gala' }));
    await until(async () => (await living.ask('GET', `${lostPath}/seat-status`)).status === 200);
    await until(async () => (await found('zarzuela')) === 1);
    await restore(backup);
  });
  afterAll(async () => {
    await restarted?.close();
    await living.close();
    await database.drop();
    jest.restoreAllMocks();
  });

  const sold = async (app: TestApp, seatIds: string[]) => {
    const { body } = await reserve(app, path, ann, { seatIds });
    const { reservationId } = body as { reservationId: string };
    expect(await confirm(app, path, ann, reservationId)).toMatchObject({ status: 200 });
    return reservationId;
  };
  const look = async (app: TestApp, reservationId: string) =>
    app.ask('GET', `${path}/reservations/${reservationId}`, {
      token: await app.token('ann', 'customer'),
    });
  const shown = (app: TestApp, reservationId: string, status: string) =>
    until(async () => (await look(app, reservationId)).body.status === status);
  const paymentsShown = async () =>
    (await living.get(POOL).query('select from payments where kept_minor > 0')).rowCount;
  const found = async (words: string, app = living) =>
    ((await app.ask('GET', `/v1/events?q=${words}`)).body.hits as unknown[] | undefined)?.length;
  const ready = (app: TestApp) => app.ask('GET', '/health/ready');
  const metric = async (app: TestApp) =>
    /^boxoffice_log_replaced (\d)$/m.exec((await app.ask('GET', '/metrics')).body as string)![1];
  const sizeOfLog = async () => {
    if (living.node) return living.node.inTest!.size();
    const { rows } = await living
      .get(POOL)
      .query('select max(position)::int as size from domain_events');
    return (rows[0] as { size: number }).size;
  };
  /** Replacing an event store takes longer than an answer of the store is trusted. */
  const restore = async (size: number) => {
    if (living.node) await living.node.inTest!.restore(size);
    else await living.get(POOL).query('delete from domain_events where position > $1', [size]);
    await pause(LOG_TRUST_MS);
  };
  const startAnother = () =>
    startApp(
      'postgres',
      living.node ? { EVENTSTORE_URL: living.node.connectionString } : {},
      { scanMs: 50 },
      database,
    );
  const cli = (...args: string[]) =>
    commandLine(['log', ...args], { BOXOFFICE_URL: living.url, BOXOFFICE_TOKEN: operator });

  it('stops the sales of a running node, which is not ready and logs this once', async () => {
    let code = '';
    // The first request may find the connection closed.
    while (code !== 'log-replaced') {
      const refused = await reserve(living, path, ann, { seatIds: ['D-1'] });
      expect(refused).toMatchObject({ status: 503 });
      ({ code } = refused.body as { code: string });
      expect(['log-replaced', 'event-store-unavailable']).toContain(code);
    }
    expect(await reserve(living, path, ann, { seatIds: ['D-2'] })).toMatchObject({
      ...{ status: 503, body: { code: 'log-replaced' } },
    });
    expect(await ready(living)).toMatchObject({
      status: 503,
      body: { checks: { log: 'replaced' } },
    });
    expect(await metric(living)).toBe('1');
    // Checked again meanwhile, at least twice.
    await pause(2.2 * LOG_TRUST_MS);
    expect(errors).toEqual([
      expect.stringMatching(/log replaced: .*Expected domain event .* found nothing/),
    ]);
    // Only the acceptance may be appended.
    expect(await cli('status')).toMatchObject({
      ...{ code: 1, out: expect.stringMatching(/replaced: Expected domain event/) },
    });
  });

  it('stops the sales of a restarted node too', async () => {
    restarted = await startAnother();
    expect(await ready(restarted)).toMatchObject({
      status: 503,
      body: { checks: { log: 'replaced' } },
    });
    const token = await restarted.token('bob', 'customer');
    expect(await reserve(restarted, path, token, { seatIds: ['D-3'] })).toMatchObject({
      ...{ status: 503, body: { code: 'log-replaced' } },
    });
    expect(await look(restarted, reservations.kept)).toMatchObject({ status: 200 });
    expect(errors).toHaveLength(2);
  });

  it('is accepted on an operator’s command, and the losses are listed', async () => {
    expect(await cli('accept')).toMatchObject({ code: 2, error: expect.stringMatching(/--yes/) });
    const accepted = await cli('accept', '--yes');
    expect(accepted).toMatchObject({
      ...{
        code: 1,
        out: expect.stringMatching(/The log is ok\.[\s\S]*Lost: 2 reservations, 1 payments/),
      },
    });
    const { out } = await cli('losses', '--json');
    const { losses } = JSON.parse(out) as {
      losses: { kind: string; reservationId: string; before: object }[];
    };
    expect(losses).toHaveLength(3);
    expect(losses).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ...{ kind: 'payment', reservationId: reservations.sold, customerId: 'ann', after: null },
          before: expect.objectContaining({
            keptMinor: 5_000,
            currency: 'EUR',
            provider: 'sandbox',
          }),
        }),
        expect.objectContaining({
          ...{ kind: 'reservation', reservationId: reservations.sold, after: null },
          before: expect.objectContaining({ status: 'confirmed', seatIds: ['B-1', 'B-2'] }),
        }),
        expect.objectContaining({ kind: 'reservation', reservationId: reservations.held }),
      ]),
    );
    expect(await cli('status')).toMatchObject({ code: 0 });
    expect(await cli('accept', '--yes')).toMatchObject({
      ...{ code: 1, error: expect.stringMatching(/log-not-replaced/) },
    });
  });

  it('sells on both nodes again, from the state of the log', async () => {
    for (const app of [living, restarted])
      await until(async () => (await ready(app)).status === 200 && (await metric(app)) === '0');
    for (const [app, seatId] of [
      [living, 'B-1'],
      [restarted, 'C-1'],
    ] as const) {
      const token = await app.token('ann', 'customer');
      const reserved = await reserve(app, path, token, { seatIds: [seatId] });
      expect(reserved).toMatchObject({ status: 201 });
      const { reservationId } = reserved.body as { reservationId: string };
      expect(await confirm(app, path, token, reservationId)).toMatchObject({ status: 200 });
      for (const other of [living, restarted]) await shown(other, reservationId, 'confirmed');
      expect(await look(app, reservations.kept)).toMatchObject({ status: 200 });
      expect(await look(app, reservations.sold)).toMatchObject({ status: 404 });
    }
    for (const app of [living, restarted]) {
      expect(await app.ask('GET', `${path}/seat-status`)).toMatchObject({ status: 200 });
      expect(await app.ask('GET', lostPath)).toMatchObject({ status: 404 });
      expect(await app.ask('GET', `${lostPath}/seat-status`)).toMatchObject({ status: 404 });
      await until(async () => (await found('zarzuela', app)) === 0);
      await until(async () => (await found('night', app)) === 1);
    }
    // Newer domain events are signed too, although their positions may be lower than those already
    // signed.
    const checkpoints = living.get(SIGNED_HEADS);
    await checkpoints.sign(Date.now());
    const newest = (await checkpoints.newest())!;
    const end = await living.get(EVENT_STORE).end();
    expect(attestedBy(newest).upTo).toEqual({ commit: `${end.commit}`, prepare: `${end.prepare}` });
    expect(errors).toHaveLength(2);
  });

  it('sells after another restart', async () => {
    await restarted.close();
    restarted = await startAnother();
    expect(await ready(restarted)).toMatchObject({ status: 200, body: { checks: { log: 'ok' } } });
    expect(
      (
        await restarted.ask('GET', '/v1/ops/log', {
          token: await restarted.token('otto', 'operator'),
        })
      ).body,
    ).toMatchObject({
      log: { state: 'ok', cause: null, losses: { reservations: 2, payments: 1 } },
    });
  });
});
