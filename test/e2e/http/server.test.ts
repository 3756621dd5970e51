import { POOL } from '../../../src/adapters/postgres/tokens.js';
import { PROJECTION_RUNNERS } from '../../../src/projections/tokens.js';
import { problemKind, type ProblemCode } from '../../../src/http/problems/table/problem-table.js';
import { startApp, type TestApp } from '../../support/app.js';
import { speak, upload } from '../../support/http/raw-requests.js';
import { onSale, reserve, smallPlan, VENUE } from '../../support/seat-inventory/event-on-sale.js';
import { expectProblem } from '../../support/problems.js';

const MIB = 1024 * 1024;

/** Errors of HTTP itself. They involve no domain events, so one event store is enough. */
describe('the server', () => {
  let app: TestApp;
  let organizer: string;
  beforeAll(async () => {
    app = await startApp('postgres', { SSE_MAX_CLIENTS: '2', DEV_TOKENS: 'on' });
    organizer = await app.token('olga', 'organizer');
  });
  afterAll(() => app.close());

  const postVenue = (body: unknown, headers: Record<string, string> = {}, token = organizer) =>
    app.ask('POST', '/v1/venues', { token, body, headers });

  it.each<[string, ProblemCode, unknown, Record<string, string>]>([
    ['a broken JSON body', 'body-malformed', '{"name":', {}],
    ['an empty body', 'validation-failed', '', {}],
    ['a body that sets __proto__', 'body-malformed', '{"__proto__":{"a":1}}', {}],
    ['a text', 'media-type-unsupported', 'hello', { 'content-type': 'text/plain' }],
    [
      'a form',
      'media-type-unsupported',
      'a=1',
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    ['a list', 'validation-failed', '[]', {}],
    ['a number', 'validation-failed', '5', {}],
    ['null', 'validation-failed', 'null', {}],
    [
      'a location of a million nested objects',
      'validation-failed',
      `{"location":${nested(1_000_000)}}`,
      {},
    ],
    [
      'a name that is a list of a million numbers',
      'validation-failed',
      `{"name":[${'0,'.repeat(1_000_000)}0]}`,
      {},
    ],
    [
      'a seating plan of a million nested objects',
      'seating-plan-invalid',
      JSON.stringify({ ...VENUE, seatingPlan: 0 }).replace(/0}$/, `${nested(1_000_000)}}`),
      {},
    ],
  ])('rejects %s', async (_what, code, body, headers) => {
    await expectProblem(app, code, () => postVenue(body, headers));
  });

  it('accepts a missing body with a content type', async () => {
    const { path } = await onSale(app, smallPlan(1, 2));
    const headers = { 'content-type': 'application/json' };
    const customer = await app.token('anna', 'customer');
    const held = await reserve(app, path, customer, { seatIds: ['A-1'] });
    const mine = `${path}/reservations/${held.body.reservationId}`;
    expect((await app.ask('DELETE', mine, { token: customer, headers })).status).toBe(204);
    const closed = await app.ask('POST', `${path}/close-sales`, { token: organizer, headers });
    expect(closed.status).toBe(200);
  });

  it('rejects a body that is not UTF-8 JSON', async () => {
    await expectProblem(app, 'body-malformed', () => postVenue(new Uint8Array([0xff, 0xfe, 0x00])));
  });

  it('accepts 64 KiB on an ordinary route and no more', async () => {
    const body = JSON.stringify({ sub: 'x'.repeat(64 * 1024), roles: [] });
    const refused = await expectProblem(app, 'body-too-large', () =>
      app.ask('POST', '/v1/dev/tokens', { body }),
    );
    expect(refused.body.limitBytes).toBe(64 * 1024);
  });

  it('accepts a seating plan of 32 MiB and rejects one of 33', async () => {
    const padded = (mib: number) =>
      JSON.stringify({
        ...VENUE,
        seatingPlan: { ...smallPlan(1, 2), comment: 'x'.repeat(mib * MIB) },
      });
    expect((await postVenue(padded(31))).status).toBe(201);
    const refused = await expectProblem(app, 'body-too-large', () => postVenue(padded(33)));
    expect(refused.body.limitBytes).toBe(32 * MIB);
  });

  it('rejects 200 MB unread, and 200 MB without a length once the limit is exceeded', async () => {
    const headers = { authorization: `Bearer ${organizer}`, 'content-type': 'application/json' };
    const size = 200 * MIB;
    const withLength = await upload(
      `${app.url}/v1/venues`,
      { ...headers, 'content-length': String(size) },
      size,
    );
    expect(withLength).toMatchObject({ status: 413, code: 'body-too-large' });
    expect(withLength.sent).toBeLessThan(size / 2);
    const chunked = await upload(`${app.url}/v1/venues`, headers, size);
    expect(chunked).toMatchObject({ status: 413, code: 'body-too-large' });
    expect(chunked.sent).toBeLessThan(size / 2);
  });

  it('answers also a client that sends everything before it reads', async () => {
    expect((await postVenue(new Uint8Array(200 * MIB).fill(120))).body.code).toBe('body-too-large');
  });

  it('checks the token before it reads a large body', async () => {
    const size = 20 * MIB;
    const headers = { 'content-type': 'application/json', 'content-length': String(size) };
    const stranger = await upload(`${app.url}/v1/venues`, headers, size);
    expect(stranger).toMatchObject({ status: 401, code: 'token-missing' });
  });

  it.each<[string, ProblemCode, string]>([
    ['a text that is not HTTP', 'request-malformed', 'hello there\r\n\r\n'],
    [
      'headers over 16 KiB',
      'headers-too-large',
      `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`,
    ],
  ])('rejects %s', async (_what, code, text) => {
    const answer = await speak(app.url, text);
    expect(answer).toContain(`HTTP/1.1 ${problemKind(code).status} `);
    expect(answer).toContain('content-type: application/problem+json');
    expect(answer).toContain(`"code":"${code}"`);
  });

  it('hides the cause of an internal error and gives the request id', async () => {
    const pool = app.get(POOL);
    const query = pool.query;
    pool.query = (() => Promise.reject(new Error('secret column'))) as unknown as typeof query;
    try {
      const headers = { 'x-request-id': 'ticket-4711' };
      const { body, status } = await app.ask('GET', '/v1/venues', { headers });
      expect(status).toBe(500);
      expect(body).toMatchObject({ code: 'internal-error', requestId: 'ticket-4711' });
      expect(JSON.stringify(body)).not.toMatch(/secret|\.ts|\.js|Error:/);
    } finally {
      pool.query = query;
    }
  });

  it.each([
    ['connect', 'ECONNREFUSED'],
    ['canceling statement due to statement timeout', '57014'],
    ['timeout exceeded when trying to connect', undefined],
    ['Query read timeout', undefined],
    ['Connection terminated unexpectedly', undefined],
  ])(
    'answers 503 with Retry-After while the database is unavailable: %s',
    async (message, code) => {
      const refused = Object.assign(new Error(message), { code });
      const pool = app.get(POOL);
      const query = pool.query;
      pool.query = (() => Promise.reject(refused)) as unknown as typeof query;
      try {
        const answer = await expectStatus(app, '/v1/venues', 503, 'read-model-unavailable');
        expect(answer.headers.get('retry-after')).toBe('2');
        await expectStatus(app, '/health/ready', 503, 'not-ready');
        expect((await app.ask('GET', '/health/live')).status).toBe(200);
      } finally {
        pool.query = query;
      }
      expect((await app.ask('GET', '/health/ready')).body.status).toBe('ready');
    },
  );

  it('issues development tokens that are accepted', async () => {
    const minted = await app.ask('POST', '/v1/dev/tokens', {
      body: { sub: 'dora', roles: ['customer'] },
    });
    expect(minted).toMatchObject({ status: 201, body: { tokenType: 'Bearer' } });
    expect(Date.parse(minted.body.expiresAt)).toBeGreaterThan(Date.now());
    const own = await app.ask('GET', '/v1/me/reservations', { token: minted.body.token });
    expect(own).toMatchObject({ status: 200, body: { reservations: [] } });
    await expectProblem(app, 'validation-failed', () =>
      app.ask('POST', '/v1/dev/tokens', { body: { sub: 'a b', roles: ['king'] } }),
    );
  });

  it('serves metrics of the writers, the projections, the feeds and every route', async () => {
    await onSale(app, smallPlan(1, 2));
    await app.ask('GET', '/v1/venues');
    const { body, headers } = await app.ask('GET', '/metrics');
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(body).toMatch(/boxoffice_inventory_commands_total [1-9]/);
    expect(body).toMatch(/boxoffice_projection_lag_seconds\{projection="seat-status"\} \d/);
    expect(body).toMatch(/boxoffice_projection_running\{projection="seat-status"\} 1/);
    expect(body).toMatch(/boxoffice_projection_parked\{projection="seat-status"\} 0/);
    expect(body).toMatch(/boxoffice_seat_status_streams 0/);
    const labels = '{method="GET",route="/v1/venues",status="200"}';
    const counter = `boxoffice_http_request_duration_seconds_count${labels} `;
    expect(body.split(counter)[1]).toMatch(/^[1-9]/);
  });

  it('shows no lag of a projection that it does not run', async () => {
    await Promise.all(app.get(PROJECTION_RUNNERS).map((runner) => runner.stop()));
    const { body } = await app.ask('GET', '/metrics');
    expect(body).toMatch(/boxoffice_projection_running\{projection="seat-status"\} 0/);
    expect(body).not.toMatch(/boxoffice_projection_(lag_seconds|parked)\{/);
  });

  it('serves the booking page with a policy that allows only its own origin', async () => {
    const page = await app.ask('GET', '/');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'self'.*frame-ancestors 'none'$/,
    );
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    const headers = `host: x\r\nif-none-match: ${page.headers.get('etag')}\r\nconnection: close`;
    expect(await speak(app.url, `GET / HTTP/1.1\r\n${headers}\r\n\r\n`)).toContain('HTTP/1.1 304 ');
    expect((await app.ask('GET', '/..%2Fpackage.json')).status).toBe(404);
  });

  it('has a page for the API and one for the problems', async () => {
    const docs = await app.ask('GET', '/docs');
    expect(docs.body).toContain('swagger-ui');
    expect(docs.body).toContain("<meta name='viewport' content='width=device-width, initial-");
    expect(docs.body).toContain("href='./docs/favicon-32x32.png' />");
    expect(docs.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect((await app.ask('GET', '/docs/swagger-ui-init.js')).status).toBe(200);
    expect((await app.ask('GET', '/docs/swagger-ui.css')).status).toBe(200);
    expect((await app.ask('GET', '/problems')).body).toContain('<h2 id="seats-unavailable">');
  });
});

/** Returns nested objects as JSON. */
function nested(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
}

async function expectStatus(app: TestApp, path: string, status: number, code: ProblemCode) {
  const answer = await app.ask('GET', path);
  expect(answer).toMatchObject({ status, body: { code } });
  return answer;
}
