import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { REFUSED_ATTEMPTS } from '../../../src/audit/tokens.js';
import { EVENT_STORE } from '../../../src/ports/shared/tokens.js';
import { postgresStoredLog } from '../../../src/adapters/event-store/stored-log/postgres.js';
import { REFUSED_LIMITS, type RefusedAttempt } from '../../../src/audit/refused-attempts.js';
import { subscribedStoredLog } from '../../../src/adapters/event-store/stored-log/subscribed.js';
import { readKeySet } from '../../../src/adapters/ticket/ticket-keys.js';
import { verifyLog, type Verdict } from '../../../src/audit/verify.js';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';
import { readPdf } from '../../support/printed.js';
import { until } from '../../support/read-side.js';

const KEY = {
  ...{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
};
const KEYS = JSON.stringify({ keys: [KEY] });

// The shape of an answer depends on the request.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

describe.each(EVENT_STORES)('the audit routes, over %s', (eventStore) => {
  let app: TestApp;
  let [anna, ben, auditor] = ['', '', ''];
  let show: { eventId: string; path: string };
  let reservationId = '';
  let pool: pg.Pool;

  const audit = (path: string, headers: Record<string, string> = {}, eventId = show.eventId) =>
    app.ask('GET', `/v1/audit/events/${eventId}/${path}`, { token: auditor, headers });
  const types = ({ body }: { body: Json }): string[] => body.entries.map(({ type }: Json) => type);

  beforeAll(async () => {
    app = await startApp(eventStore, { AUDIT_SIGNING_KEYS: KEYS, AUDIT_CHECKPOINT_SECONDS: '1' });
    pool = new pg.Pool({ connectionString: app.databaseUrl, max: 2 });
    [anna, ben] = [await app.token('anna', 'customer'), await app.token('ben', 'customer')];
    auditor = await app.token('aude', 'auditor');
    show = await onSale(app);
    // A dispute: Ben held the seat first, released it, and tried again too late.
    const released = await reserve(app, show.path, ben, { seatIds: ['A-1'] });
    await app.ask('DELETE', `${show.path}/reservations/${released.body.reservationId}`, {
      token: ben,
    });
    ({ reservationId } = (await reserve(app, show.path, anna, { seatIds: ['A-1', 'A-2'] })).body);
    expect((await reserve(app, show.path, ben, { seatIds: ['A-1'] })).status).toBe(409);
    expect((await confirm(app, show.path, anna, reservationId)).status).toBe(200);
  });
  afterAll(async () => {
    await pool.end();
    await app.close();
  });

  it('show the history of a seat with actor, client and a sentence for each change', async () => {
    const history = await audit('seats/A-1');
    expect(history.status).toBe(200);
    expect(types(history)).toEqual([
      'InventoryOpened',
      'SeatsReserved',
      'ReservationReleased',
      'SeatsReserved',
      'PaymentStarted',
      ...['PaymentRequested', 'ReservationConfirmed', 'PaymentCaptured', 'PaymentKept'],
    ]);
    const reserved = history.body.entries[3];
    expect(reserved).toMatchObject({
      sentence: expect.stringMatching(
        /^Customer anna reserved seats A-1, A-2 for EUR 50\.00 until /,
      ),
      stream: `seatInventory-${show.eventId}`,
      revision: 3,
      actor: { id: 'anna', role: 'customer' },
      client: { addressHash: expect.stringMatching(/^[\w-]{22}$/), userAgent: 'node' },
      data: { reservationId, seatIds: ['A-1', 'A-2'] },
    });
    for (const id of ['commandId', 'correlationId', 'causationId'])
      expect(reserved[id]).toMatch(/^[\w-]{36}$/);
    expect(JSON.stringify(history.body)).not.toContain('127.0.0.1');
    // The history of another seat of the same purchase does not mention Ben.
    expect(types(await audit('seats/A-2'))).not.toContain('ReservationReleased');
  });

  it('count rejected requests that were not recorded, in the metrics', async () => {
    const refused = app.get(REFUSED_ATTEMPTS);
    const attempt: RefusedAttempt = {
      ...{
        eventId: 'elsewhere',
        at: 0,
        code: 'seats-unavailable',
        asked: 'POST /',
        accountId: 'bot',
      },
      ...{ seatIds: [], reservationId: null, addressHash: '', userAgent: '', correlationId: '' },
    };
    for (let n = 0; n < REFUSED_LIMITS.maxWaiting + 7; n++) refused.note(attempt);
    expect(refused.dropped()).toBeGreaterThanOrEqual(7);
    const { body } = await app.ask('GET', '/metrics');
    expect(body).toContain(`\nboxoffice_refused_attempts_dropped_total ${refused.dropped()}\n`);
  });

  it('show rejected requests, which are not in the log', async () => {
    await until(async () => (await audit('seats/A-1')).body.refused.length > 0);
    const { body } = await audit('seats/A-1');
    expect(body.refused).toMatchObject([
      {
        code: 'seats-unavailable',
        accountId: 'ben',
        seatIds: ['A-1'],
        asked: 'POST /v1/events/:eventId/reservations',
      },
    ]);
    expect(body.refused[0].sentence).toMatch(
      /^Account ben asked for seat A-1 .* and was refused: /,
    );
    expect((await audit('customers/ben')).body.refused).toHaveLength(1);
    expect((await audit('customers/anna')).body.refused).toEqual([]);
  });

  it('show the history of a reservation with its payments, and that of a customer', async () => {
    const history = await audit(`reservations/${reservationId}`);
    expect(types(history)).toEqual(
      expect.arrayContaining([
        'SeatsReserved',
        'ReservationConfirmed',
        'PaymentCaptured',
        'PaymentKept',
      ]),
    );
    expect(types(await audit('customers/ben'))).toEqual([
      'InventoryOpened',
      'SeatsReserved',
      'ReservationReleased',
    ]);
    expect(types(await audit('customers/nobody'))).toEqual(['InventoryOpened']);
  });

  it('give CSV without formulas, and PDF', async () => {
    const { eventId, path } = await onSale(app);
    const mallory = await app.token('=HYPERLINK("http://x")', 'customer');
    const held = await reserve(app, path, mallory, { seatIds: ['A-1'] });
    const csv = await audit('seats/A-1?format=csv', {}, eventId);
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
    const lines = csv.body.trimEnd().split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines[2]).toContain(`"'=HYPERLINK(""http://x"")"`);
    const answer = await fetch(
      `${app.url}/v1/audit/events/${eventId}/reservations/${held.body.reservationId}?format=pdf`,
      {
        headers: { authorization: `Bearer ${auditor}` },
      },
    );
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    const [page] = await readPdf(new Uint8Array(await answer.arrayBuffer()));
    expect(JSON.stringify(page)).toContain('History of reservation');
  });

  it('show the inventory at a revision, at a time, and the difference', async () => {
    const then = await audit('state?at=1&holders=true');
    expect(then.body).toMatchObject({
      revision: 1,
      counts: { reserved: 1, sold: 0 },
      status: 'r' + 'a'.repeat(49),
    });
    expect(then.body.holders).toMatchObject([
      { seatId: 'A-1', status: 'reserved', customerId: 'ben' },
    ]);
    const { body: seat } = await audit('seats/A-1');
    const at = seat.entries.find(({ type }: Json) => type === 'ReservationReleased').at;
    const between = await audit(`state?at=${at}`);
    expect(between.body).toMatchObject({ revision: 2, counts: { available: 50 } });
    const now = await audit(
      `state?at=${encodeURIComponent(new Date(Date.now() + 60_000).toISOString())}`,
    );
    expect(now.body.counts).toMatchObject({ sold: 2 });
    const difference = await audit(`diff?from=1&to=${now.body.revision}`);
    expect(difference.body.changes).toEqual([
      {
        seatId: 'A-1',
        before: expect.objectContaining({ status: 'reserved', customerId: 'ben' }),
        after: { status: 'sold', reservationId, customerId: 'anna' },
      },
      expect.objectContaining({ seatId: 'A-2' }),
    ]);
  });

  it('replay domain events as lines or as server-sent events', async () => {
    const { body } = await audit('replay?from=1&to=3');
    const entries = body
      .trimEnd()
      .split('\n')
      .map((line: string) => JSON.parse(line) as Json);
    expect(entries.map(({ revision }: Json) => revision)).toEqual([1, 2, 3]);
    const events = await audit('replay?from=2', { accept: 'text/event-stream' });
    expect(events.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(events.body).toMatch(/^id: 2\ndata: \{/);
  });

  it.each([
    ['seats/Z-99', 404, 'seat-not-found'],
    [`reservations/${randomUUID()}`, 404, 'reservation-not-found'],
    ['seats/A-1?format=xml', 400, 'validation-failed'],
    ['state', 400, 'validation-failed'],
    ['state?at=yesterday', 400, 'validation-failed'],
    ['state?at=-1', 400, 'validation-failed'],
    ['state?at=2001-01-01T00:00:00Z', 404, 'moment-before-history'],
    ['state?at=4000', 404, 'revision-not-reached'],
    ['diff?from=3&to=1', 400, 'range-reversed'],
    ['diff?from=3', 400, 'validation-failed'],
    ['replay?from=5&to=2', 400, 'range-reversed'],
    ['replay?from=x', 400, 'validation-failed'],
    ['replay?from=9999', 404, 'revision-not-reached'],
  ])('reject %s: %i %s', async (path, status, code) => {
    expect(await audit(path)).toMatchObject({ status, body: { code } });
  });

  it('reject other roles, and answer 404 for unknown events', async () => {
    for (const token of [anna, await app.token('olaf', 'operator')])
      expect(
        await app.ask('GET', `/v1/audit/events/${show.eventId}/state?at=1`, { token }),
      ).toMatchObject({
        status: 403,
        body: { code: 'role-required' },
      });
    for (const path of ['seats/A-1', 'state?at=1', 'diff?from=0&to=1', 'replay', 'customers/anna'])
      expect(await audit(path, {}, randomUUID())).toMatchObject({
        status: 404,
        body: { code: 'event-not-found' },
      });
  });

  const verify = (): Promise<Verdict> =>
    verifyLog({
      db: pool,
      log: app.node ? subscribedStoredLog(app.get(EVENT_STORE)) : postgresStoredLog(pool),
      keys: readKeySet(KEYS, 'KEYS'),
    });

  it('have a signed log that verifies', async () => {
    const signed = async () => {
      const verdict = await verify();
      const { rows } = await pool.query<{ streams: string }>(
        'select count(distinct stream)::text as streams from audit_heads',
      );
      return verdict.checkpoints > 0 && Number(rows[0]!.streams) === verdict.streams;
    };
    await until(signed, 20_000);
    expect(await verify()).toMatchObject({ intact: true, findings: [], unchained: 0 });
    const { body } = await app.ask('GET', '/v1/audit/checkpoints', { token: auditor });
    expect(body.checkpoints[0]).toMatchObject({
      number: 1,
      signature: expect.stringMatching(/^[\w-]{86}$/),
    });
    const { body: set } = await app.ask('GET', '/v1/audit/keys', { token: auditor });
    expect(set.keys).toMatchObject([{ x: KEY.x, kid: body.checkpoints[0].kid }]);
    expect(JSON.stringify(set)).not.toContain(KEY.d);
  });
});
