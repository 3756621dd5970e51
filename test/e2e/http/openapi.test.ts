import { POOL } from '../../../src/adapters/postgres/tokens.js';
import { EVENT_STORE } from '../../../src/ports/shared/tokens.js';
import { SIGNATURE_HEADER, signNotice } from '../../../src/adapters/payment/webhook-signature.js';
import { randomUUID } from 'node:crypto';
import { Validator } from '@seriousme/openapi-schema-validator';
import { startApp, type TestApp } from '../../support/app.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/houses.js';
import { checkLog } from '../../support/log/log-calls.js';
import { until } from '../../support/read-side.js';

// A document of somebody else's shape.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

const WEBHOOK_SECRET = 'of the tests alone, and not a short one';

describe('the OpenAPI document', () => {
  let app: TestApp;
  let document: Json;
  beforeAll(async () => {
    app = await startApp('postgres', { DEV_TOKENS: 'on', PAYMENTS_SANDBOX_SECRET: WEBHOOK_SECRET });
    document = (await app.ask('GET', '/openapi.json')).body;
  });
  afterAll(() => app.close());

  const operations = (): { method: string; path: string; operation: Json }[] =>
    Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
      Object.entries<Json>(methods).map(([method, operation]) => ({ method, path, operation })),
    );
  const nameOf = ({ method, path }: { method: string; path: string }) =>
    `${method.toUpperCase()} ${path}`;

  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect(await new Validator().validate(document)).toEqual({ valid: true });
    expect(JSON.stringify(document)).not.toContain('"nullable"');
  });

  it('names 429 and 503 for every operation that can answer them', () => {
    for (const call of operations()) {
      const statuses = Object.keys(call.operation.responses);
      const isLimited =
        call.path.startsWith('/v1/') && !call.path.startsWith('/v1/payments/webhooks');
      expect([nameOf(call), statuses.includes('429')]).toEqual([nameOf(call), isLimited]);
      const needsNothing = ['/v1/dev/tokens', '/health', '/health/live', '/metrics', '/problems'];
      const isPublicKey = call.path === '/.well-known/jwks.json';
      const canFail = !needsNothing.includes(call.path) && !isPublicKey;
      expect([nameOf(call), statuses.includes('503')]).toEqual([nameOf(call), canFail]);
    }
  });

  it('says where to send calls, and who answers for them', () => {
    expect(document.servers).toEqual([{ url: '/', description: expect.stringMatching(/./) }]);
    expect(document.info).toMatchObject({
      contact: { name: expect.stringMatching(/./) },
      license: { name: 'MIT' },
    });
  });

  it('leaves nothing dangling', () => {
    const text = JSON.stringify(document);
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) {
      expect(Object.keys(document.components.schemas)).toContain(name);
    }
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const given = (operation.parameters ?? []).filter(
        (parameter: Json) => parameter.in === 'path',
      );
      expect(given.map(({ name }: Json) => name).sort()).toEqual(inPath.sort());
      expect(operation.summary).toBeTruthy();
    }
  });

  it('has an example for every body and every answer, problems too', () => {
    for (const call of operations()) {
      for (const [status, answer] of Object.entries<Json>(call.operation.responses)) {
        expect(answer.description).toBeTruthy();
        if (['204', '304'].includes(status)) continue;
        const [[mediaType, content]] = Object.entries<Json>(answer.content) as [[string, Json]];
        const example = content.example ?? content.examples ?? exampleOf(content.schema);
        expect(Object.keys(example)[0]).toBeTruthy();
        if (Number(status) < 400) continue;
        expect(mediaType).toBe('application/problem+json');
        for (const [code, { value }] of Object.entries<Json>(content.examples)) {
          expect(value).toMatchObject({ code, status: Number(status) });
          for (const member of Object.values(value)) expect(member).toBeDefined();
        }
      }
      const body = call.operation.requestBody?.content['application/json'];
      if (body) expect(body.examples ?? exampleOf(body.schema)).toBeTruthy();
    }
  });

  it('says the truth: its examples are accepted, and the answers look as it says', async () => {
    const body = (method: string, path: string) =>
      document.paths[path][method].requestBody.content['application/json'];
    const organizer = await app.token('olga', 'organizer');
    const anna = await app.token('anna', 'customer');
    const checked: string[] = [];
    const check = async (
      method: string,
      path: string,
      status: number,
      request: ReturnType<TestApp['ask']>,
    ) => {
      const answer = await request;
      expect(answer).toMatchObject({ status });
      // `ask` compares every answer with the document.
      expect(
        document.paths[path][method].responses[status].content['application/json'],
      ).toBeDefined();
      checked.push(nameOf({ method, path }));
      return answer.body;
    };
    const event = '/v1/events/{eventId}';
    /** In a house of seats, and so on. */
    const checkAfterSale = async (of: string) => {
      const sold = (await reserve(app, of, anna, { seatIds: ['B-1', 'B-2'] })).body.reservationId;
      await confirm(app, of, anna, sold);
      const reservation = `${event}/reservations/{reservationId}`;
      const post = (what: string, sent?: object) =>
        app.ask('POST', `${of}/${what}`, { token: organizer, body: sent });
      const exchanging = post(`reservations/${sold}/exchange`, { seatIds: ['B-3'] });
      const exchanged = await check('post', `${reservation}/exchange`, 200, exchanging);
      expect(exchanged).toHaveProperty('refund');
      await check('post', `${reservation}/refund`, 200, post(`reservations/${sold}/refund`));
      const cancelling = post('cancel', exampleOf(body('post', `${event}/cancel`).schema));
      await check('post', `${event}/cancel`, 202, cancelling);
      const looking = app.ask('GET', `${of}/cancellation`, { token: organizer });
      await check('get', `${event}/cancellation`, 200, looking);
    };
    const checkProjections = async () => {
      const operator = await app.token('otto', 'operator');
      const projections = '/v1/ops/projections';
      const act = (method: string, path: string, sent?: object) =>
        app.ask(method, `${projections}/venues/${path}`, { token: operator, body: sent });
      const of = `${projections}/{name}`;
      const [pool, eventStore] = [app.get(POOL), app.get(EVENT_STORE)];
      const phase = async () => (await act('GET', 'rebuild')).body.rebuild?.phase as string;
      await check('get', projections, 200, app.ask('GET', projections, { token: operator }));
      const differing = async () => {
        await pool.query("update venues set city = 'elsewhere'");
        await check('post', `${of}/rebuild`, 202, act('POST', 'rebuild', {}));
        await until(async () => (await phase()) === 'differs');
      };
      await differing();
      await check('get', `${of}/rebuild`, 200, act('GET', 'rebuild'));
      await check('delete', `${of}/rebuild`, 202, act('DELETE', 'rebuild'));
      await until(async () => (await phase()) === 'cancelled');
      await differing();
      await check('post', `${of}/rebuild/accept`, 202, act('POST', 'rebuild/accept'));
      await until(async () => (await phase()) === 'switched');
      await check('post', `${of}/switch-back`, 202, act('POST', 'switch-back'));
      await until(async () => (await phase()) === 'switched');

      // Both fail: there is a venue of that id already.
      const [registered] = (await app.ask('GET', '/v1/venues')).body.venues;
      const parked = async () => (await act('GET', 'parked')).body.parked as Json[];
      for (const stream of ['venue-again', 'venue-and-again']) {
        const metadata = {
          $correlationId: 'c',
          $causationId: 'c',
          commandId: 'c',
          schemaVersion: 2,
        };
        const actor = { id: 'olga', role: 'organizer' } as const;
        await eventStore.append(stream, 'no-stream', [
          {
            id: randomUUID(),
            type: 'VenueRegistered',
            data: registered,
            metadata: { ...metadata, actor },
          },
        ]);
      }
      await until(async () => (await parked()).length === 2);
      const [first, second] = await check('get', `${of}/parked`, 200, act('GET', 'parked')).then(
        (body) => body.parked as Json[],
      );
      const skipping = act('POST', `parked/${first.id}/skip`, { reason: 'registered twice' });
      await check('post', `${of}/parked/{id}/skip`, 200, skipping);
      await pool.query('delete from venues where venue_id = $1', [registered.venueId]);
      await check('post', `${of}/parked/{id}/retry`, 200, act('POST', `parked/${second.id}/retry`));
      expect(await parked()).toEqual([]);
    };
    /** Of a sale with a purchase of A-1-1 by Anna. */
    const checkAudit = async (eventId: string, reservationId: string) => {
      const auditor = await app.token('aude', 'auditor');
      const audit = '/v1/audit/events/{eventId}';
      const look = (path: string) => app.ask('GET', path, { token: auditor });
      const of = (path: string) => look(`/v1/audit/events/${eventId}/${path}`);
      expect(
        (await reserve(app, `/v1/events/${eventId}`, anna, { seatIds: ['A-1-1'] })).status,
      ).toBe(409);
      await until(async () => (await of('seats/A-1-1')).body.refused.length > 0);
      await check('get', `${audit}/seats/{seatId}`, 200, of('seats/A-1-1'));
      await check(
        'get',
        `${audit}/reservations/{reservationId}`,
        200,
        of(`reservations/${reservationId}`),
      );
      await check('get', `${audit}/customers/{customerId}`, 200, of('customers/anna'));
      await check('get', `${audit}/state`, 200, of('state?at=2&holders=true'));
      await check('get', `${audit}/diff`, 200, of('diff?from=0&to=2'));
      await check('get', '/v1/audit/checkpoints', 200, look('/v1/audit/checkpoints'));
      await check('get', '/v1/audit/keys', 200, look('/v1/audit/keys'));
    };
    const checkWaitingRoom = async (of: string) => {
      const room = `${event}/waiting-room`;
      const ask = (method: string, what = '', token?: string, sent?: object) =>
        app.ask(method.toUpperCase(), `${of}/waiting-room${what}`, { token, body: sent });
      for (const method of ['put', 'patch']) {
        const sent = exampleOf(body(method, room).schema);
        await check(method, room, 200, ask(method, '', organizer, sent));
      }
      await check('get', room, 200, ask('get'));
      const { ticket } = await check('post', `${room}/tickets`, 201, ask('post', '/tickets', anna));
      const trade = () => ask('post', '/pass', anna, { ticket });
      await until(async () => (await trade()).status === 200);
      await check('post', `${room}/pass`, 200, trade());
      await check('get', `${room}/watch`, 200, ask('get', '/watch', organizer));
    };
    const venueBody = exampleOf(body('post', '/v1/venues').schema);
    const { venueId } = await check(
      'post',
      '/v1/venues',
      201,
      app.ask('POST', '/v1/venues', { token: organizer, body: venueBody }),
    );
    const eventBody = { ...exampleOf(body('post', '/v1/events').schema), venueId };
    const { eventId } = await check(
      'post',
      '/v1/events',
      201,
      app.ask('POST', '/v1/events', { token: organizer, body: eventBody }),
    );
    const path = `/v1/events/${eventId}`;
    await check('get', '/v1/venues', 200, app.ask('GET', '/v1/venues'));
    await check('get', '/v1/venues/{venueId}', 200, app.ask('GET', `/v1/venues/${venueId}`));
    await until(async () => (await app.ask('GET', '/v1/events?q=south')).body.total > 0);
    await check(
      'get',
      '/v1/events',
      200,
      app.ask('GET', '/v1/events?q=south&near=19,-99&radiusKm=1000'),
    );
    await check('get', '/v1/events/suggest', 200, app.ask('GET', '/v1/events/suggest?q=south'));
    await check('get', event, 200, app.ask('GET', path));
    // The story of the examples has begun by now, and nothing is put off to the past.
    const changes = { ...exampleOf(body('patch', event).schema), startsAt: '2046-06-12T19:00:00Z' };
    await check('patch', event, 200, app.ask('PATCH', path, { token: organizer, body: changes }));
    for (const part of ['seating-plan', 'seating-map', 'seat-status']) {
      await check('get', `${event}/${part}`, 200, app.ask('GET', `${path}/${part}`));
    }
    const { named, bestAvailable } = body('post', `${event}/reservations`).examples;
    const held = await check(
      'post',
      `${event}/reservations`,
      201,
      reserve(app, path, anna, named.value),
    );
    expect((await reserve(app, path, anna, bestAvailable.value)).status).toBe(201);
    const mine = `${path}/reservations/${held.reservationId}`;
    await check(
      'post',
      `${event}/reservations/{reservationId}/confirm`,
      200,
      confirm(app, path, anna, held.reservationId),
    );
    await check(
      'get',
      `${event}/reservations/{reservationId}`,
      200,
      app.ask('GET', mine, { token: anna }),
    );
    await check(
      'get',
      '/v1/me/reservations',
      200,
      app.ask('GET', '/v1/me/reservations', { token: anna }),
    );
    const { tickets } = await check(
      'get',
      '/v1/me/tickets',
      200,
      app.ask('GET', '/v1/me/tickets', { token: anna }),
    );
    await check(
      'post',
      `${event}/check-ins`,
      200,
      app.ask('POST', `${path}/check-ins`, { token: organizer, body: { code: tickets[0].code } }),
    );
    await check('get', '/.well-known/jwks.json', 200, app.ask('GET', '/.well-known/jwks.json'));
    const other = (await onSale(app)).path;
    for (const method of ['post', 'delete']) {
      await check(
        method,
        `${event}/blocks`,
        200,
        app.ask(method.toUpperCase(), `${other}/blocks`, {
          token: organizer,
          body: { seatIds: ['A-1'] },
        }),
      );
    }
    await checkAfterSale(other);
    await checkWaitingRoom((await onSale(app)).path);
    await check(
      'post',
      `${event}/close-sales`,
      200,
      app.ask('POST', `${other}/close-sales`, {
        token: organizer,
        body: exampleOf(body('post', `${event}/close-sales`).schema),
      }),
    );
    await check(
      'post',
      '/v1/dev/tokens',
      201,
      app.ask('POST', '/v1/dev/tokens', { body: exampleOf(body('post', '/v1/dev/tokens').schema) }),
    );
    const operator = await app.token('olaf', 'operator');
    const webhook = '/v1/payments/webhooks/{provider}';
    const { sandbox } = body('post', webhook).examples;
    const about = { eventId, reservationId: held.reservationId, attempt: 1 };
    const send = (changes: object, subject: object) => {
      const data = { ...sandbox.value.data, about: subject };
      const text = JSON.stringify({ ...sandbox.value, ...changes, data });
      const signature = signNotice(text, WEBHOOK_SECRET, Date.now());
      const headers = { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature };
      return app.ask('POST', '/v1/payments/webhooks/sandbox', { body: text, headers });
    };
    await check('post', webhook, 200, send({}, about));
    await send({ id: 'nt_lost', type: 'charge.captured' }, { ...about, reservationId: 'none' });
    const payments = '/v1/ops/payments';
    const resolved = app.ask('POST', `${payments}/notices/sandbox/nt_lost/resolve`, {
      token: operator,
    });
    await check('post', `${payments}/notices/{provider}/{noticeId}/resolve`, 200, resolved);
    await check(
      'get',
      `${payments}/unresolved`,
      200,
      app.ask('GET', `${payments}/unresolved`, { token: operator }),
    );
    await check(
      'post',
      `${payments}/{reservationId}/settle`,
      200,
      app.ask('POST', `${payments}/${held.reservationId}/settle`, { token: operator }),
    );
    const books = '/v1/ops/ledger';
    const ofAll = () => app.ask('GET', books, { token: operator });
    await until(async () => (await ofAll()).body.totals.length > 0);
    await check('get', books, 200, ofAll());
    await check(
      'get',
      `${books}/events/{eventId}`,
      200,
      app.ask('GET', `${books}/events/${eventId}`, { token: operator }),
    );
    await checkProjections();
    await checkAudit(eventId, held.reservationId);
    await check('get', '/v1/ops/abuse', 200, app.ask('GET', '/v1/ops/abuse', { token: operator }));
    await check('get', '/health', 200, app.ask('GET', '/health'));
    await check('get', '/health/live', 200, app.ask('GET', '/health/live'));
    await checkLog(app, (await onSale(app)).path, anna, check);
    await check('get', '/health/ready', 200, app.ask('GET', '/health/ready'));
    await check('get', '/v1/clock', 200, app.ask('GET', '/v1/clock'));

    const withJson = operations().filter(({ operation }) =>
      Object.entries<Json>(operation.responses).some(
        ([status, { content }]) => Number(status) < 300 && content?.['application/json'],
      ),
    );
    expect([...new Set(checked)].sort()).toEqual(withJson.map(nameOf).sort());
  });

  /** Returns a value that consists of the examples of a schema's members. */
  function exampleOf(schema: Json): Json {
    if (schema.$ref) return exampleOf(document.components.schemas[schema.$ref.split('/').at(-1)]);
    const [combined] = schema.allOf ?? schema.anyOf ?? [];
    if (combined) return exampleOf(combined);
    if (schema.example !== undefined) return schema.example;
    if (schema.type === 'array') return [exampleOf(schema.items)];
    return Object.fromEntries(
      Object.entries<Json>(schema.properties).map(([name, member]) => [name, exampleOf(member)]),
    );
  }
});
