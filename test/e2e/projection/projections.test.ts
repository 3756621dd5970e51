import { randomUUID } from 'node:crypto';
import { POOL } from '../../../src/adapters/postgres/tokens.js';
import { EVENT_STORE } from '../../../src/ports/shared/tokens.js';
import type { RecordedEvent } from '../../../src/ports/event-store/event-store.js';
import { startApp, type TestApp } from '../../support/app.js';
import { commandLine } from '../../support/services/command-line.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

describe('projections, as an operator sees them', () => {
  let app: TestApp;
  let operator: string;
  beforeAll(async () => {
    app = await startApp('postgres');
    operator = await app.token('otto', 'operator');
  });
  afterAll(() => app.close());

  const ask = (method: string, path = '', body?: unknown, token = operator) =>
    app.ask(method, `/v1/ops/projections${path}`, { token, body });
  const cli = (...args: string[]) =>
    commandLine(['projections', ...args], { BOXOFFICE_URL: app.url, BOXOFFICE_TOKEN: operator });
  const recorded = async (name: string) => {
    const events: RecordedEvent[] = [];
    for await (const event of app.get(EVENT_STORE).readStream(`projection-${name}`))
      events.push(event);
    return events;
  };
  const phaseOf = async (name: string) =>
    (await ask('GET', `/${name}/rebuild`)).body.rebuild?.phase as string;

  it('are listed, with the tables that serve', async () => {
    const { status, body } = await ask('GET');
    expect(status).toBe(200);
    expect(body.projections.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining([
        'seat-status',
        'reservations',
        'tickets',
        'events',
        'venues',
        'payments',
        'ledger',
      ]),
    );
    expect(body.projections[0]).toMatchObject({
      ...{ name: 'seat-status', serving: { generation: 1 }, parked: { failed: 0, waiting: 0 } },
      ...{ previous: null, rebuild: null },
    });
  });

  it.each([
    ['POST', '/seats/rebuild', 404, 'projection-unknown'],
    ['GET', '/seats/rebuild', 404, 'projection-unknown'],
    ['DELETE', '/seats/rebuild', 404, 'projection-unknown'],
    ['POST', '/seats/switch-back', 404, 'projection-unknown'],
    ['GET', '/seats/parked', 404, 'projection-unknown'],
    ['DELETE', '/venues/rebuild', 409, 'rebuild-not-under-way'],
    ['POST', '/venues/rebuild/accept', 409, 'rebuild-no-difference'],
    ['POST', '/venues/switch-back', 409, 'nothing-to-switch-back-to'],
    ['POST', `/venues/parked/${randomUUID()}/retry`, 404, 'parked-event-not-found'],
    ['POST', '/venues/parked/7/retry', 404, 'parked-event-not-found'],
  ])('%s %s is refused by name, and nothing is started', async (method, path, status, code) => {
    expect(await ask(method, path)).toMatchObject({ status, body: { code } });
    expect((await app.get(POOL).query('select from projection_rebuilds')).rowCount).toBe(0);
    expect(await recorded('venues')).toEqual([]);
  });

  it('are hidden from organizers and customers, and read-only for auditors', async () => {
    for (const role of ['customer', 'organizer']) {
      const token = await app.token('anna', role);
      expect(await ask('GET', '', undefined, token)).toMatchObject({ status: 403 });
    }
    const auditor = await app.token('aude', 'auditor');
    expect(await ask('GET', '/venues/parked', undefined, auditor)).toMatchObject({ status: 200 });
    expect(await ask('POST', '/venues/rebuild', {}, auditor)).toMatchObject({ status: 403 });
    expect(await ask('POST', '/venues/rebuild', { acceptDifference: 'yes' })).toMatchObject({
      ...{ status: 400, body: { code: 'validation-failed' } },
    });
  });

  it('are rebuilt by one command while seats are sold, and switched back by another', async () => {
    const { path } = await onSale(app);
    const anna = await app.token('anna', 'customer');
    expect((await reserve(app, path, anna, { seatIds: ['A-1'] })).status).toBe(201);
    const rebuilding = cli('rebuild', 'seat-status', '--json');
    const seats = ['A-2', 'A-3', 'A-4'];
    for (const seatId of seats) {
      const { status, body } = await reserve(app, path, await app.token(seatId, 'customer'), {
        seatIds: [seatId],
      });
      expect(status).toBe(201);
      const read = await app.ask('GET', `${path}/seat-status?atLeast=${body.revision}`);
      expect(read).toMatchObject({ status: 200 });
    }
    const { code, out } = await rebuilding;
    expect(JSON.parse(out).rebuild).toMatchObject({
      phase: 'switched',
      startedBy: 'otto',
      generation: 2,
    });
    expect(code).toBe(0);

    const back = await cli('switch-back', 'seat-status');
    expect(back).toMatchObject({
      code: 0,
      out: expect.stringMatching(/switch-back to v1 by otto: switched/),
    });
    const counts = async () => (await app.ask('GET', `${path}/seat-status`)).body.counts;
    await until(async () => (await counts()).reserved === 4);
    const events = await recorded('seat-status');
    expect(events.map(({ type, data }) => ({ type, data }))).toMatchObject([
      {
        type: 'RebuildStarted',
        data: { projection: 'seat-status', generation: 2, acceptDifference: false },
      },
      { type: 'SwitchBackStarted', data: { projection: 'seat-status', generation: 1 } },
    ]);
    expect(events[0]!.metadata.actor).toMatchObject({ id: 'otto', role: 'operator' });
  });

  it('are all the same after a rebuild', async () => {
    const { path } = await onSale(app);
    const [anna, bob] = [await app.token('anna', 'customer'), await app.token('bob', 'customer')];
    const held = (await reserve(app, path, anna, { seatIds: ['A-1', 'A-2'] })).body.reservationId;
    expect((await confirm(app, path, anna, held)).status).toBe(200);
    await reserve(app, path, bob, { seatIds: ['B-1'] });
    const olga = await app.token('olga', 'organizer');
    await app.ask('POST', `${path}/reservations/${held}/refund`, { token: olga });
    const { projections } = (await ask('GET')).body;
    await Promise.all(
      projections.map(async ({ name }: { name: string }) => {
        expect(await ask('POST', `/${name}/rebuild`, {})).toMatchObject({ status: 202 });
        await until(async () => ['switched', 'differs'].includes(await phaseOf(name)), 45_000);
        const { rebuild } = (await ask('GET', `/${name}/rebuild`)).body;
        expect([name, rebuild]).toMatchObject([
          name,
          { phase: 'switched', comparison: { equal: true } },
        ]);
      }),
    );
  });

  it('wait when old and new tables differ; a second rebuild is rejected', async () => {
    await app.get(POOL).query("update venues set city = 'elsewhere'");
    const differing = await cli('rebuild', 'venues');
    expect(differing).toMatchObject({
      ...{ code: 1, out: expect.stringMatching(/: differs/) },
      error: expect.stringMatching(/venue_id .*: differs/),
    });
    expect(await cli('rebuild', 'venues')).toMatchObject({
      ...{ code: 1, out: '', error: expect.stringMatching(/rebuild-under-way/) },
    });
    expect(await cli('cancel', 'venues')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/: cancelled/),
    });
    expect((await recorded('venues')).map(({ type }) => type).slice(-2)).toEqual([
      'RebuildStarted',
      'RebuildCancelled',
    ]);
    expect(await cli('cancel', 'venues')).toMatchObject({
      code: 1,
      error: expect.stringMatching(/not-under-way/),
    });
    expect(await cli('rebuild', 'venues', '--accept-difference')).toMatchObject({ code: 0 });
    expect(await phaseOf('venues')).toBe('switched');
  });

  it('list parked events, and skip one for a reason that the log stores', async () => {
    const id = randomUUID();
    const actor = { id: 'olga', role: 'organizer' } as const;
    const metadata = {
      $correlationId: id,
      $causationId: id,
      commandId: id,
      actor,
      schemaVersion: 2,
    };
    await app.get(EVENT_STORE).append('venue-nowhere', 'no-stream', [
      {
        id,
        type: 'VenueRegistered',
        data: { venueId: 'nowhere', location: {}, categories: [] },
        metadata,
      },
    ]);
    await until(async () => (await ask('GET', '/venues/parked')).body.parked.length === 1);
    expect((await ask('GET', '/venues/parked')).body.parked[0]).toMatchObject({
      ...{ id, stream: 'venue-nowhere', revision: 0, attempts: 3, waiting: 0 },
      ...{ error: expect.stringMatching(/null value/), event: { data: { venueId: 'nowhere' } } },
    });
    expect(await cli('list')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^venues .* 1 \(0 waiting\)/m),
    });
    expect(await cli('parked', 'venues')).toMatchObject({
      code: 1,
      out: expect.stringContaining(id),
    });
    expect(await cli('retry', 'venues', id)).toMatchObject({
      ...{ code: 1, error: expect.stringMatching(/parked-event-still-fails/) },
    });
    expect(await ask('POST', `/venues/parked/${id}/skip`, { reason: '' })).toMatchObject({
      status: 400,
    });
    expect(await cli('skip', 'venues', id)).toMatchObject({ code: 2 });
    expect(await cli('skip', 'venues', id, '--reason', 'there is no such place')).toMatchObject({
      code: 0,
    });
    expect(await cli('parked', 'venues')).toMatchObject({
      code: 0,
      out: 'No domain events are parked.\n',
    });
    expect((await recorded('venues')).at(-1)).toMatchObject({
      type: 'ParkedEventSkipped',
      data: { stream: 'venue-nowhere', revision: 0, eventId: id, reason: 'there is no such place' },
      metadata: { actor: { id: 'otto' } },
    });
  });

  it('must be named, or nothing is started', async () => {
    const settings = { BOXOFFICE_URL: 'http://127.0.0.1:1', BOXOFFICE_TOKEN: operator };
    expect(await commandLine(['projections', 'rebuild'], settings)).toMatchObject({ code: 2 });
  });
});
