import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { POOL } from '../../../src/adapters/postgres/tokens.js';
import { PROJECTION_RUNNERS } from '../../../src/projections/tokens.js';
import { systemClock } from '../../../src/adapters/system/clock.js';
import { problemKind, type ProblemCode } from '../../../src/http/problems/problem-table.js';
import { startApp, type TestApp } from '../../support/app.js';
import { onSale, reserve, smallHouse, VENUE } from '../../support/seat-inventory/houses.js';
import { expectRefusal } from '../../support/refusals.js';

const MIB = 1024 * 1024;

/** What HTTP itself can get wrong; no domain event is near, so one event store is enough. */
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
    ['a body that reaches for the prototype', 'body-malformed', '{"__proto__":{"a":1}}', {}],
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
      'a place that is a million objects deep',
      'validation-failed',
      `{"location":${nested(1_000_000)}}`,
      {},
    ],
    ['a name of a million parts', 'validation-failed', `{"name":[${'0,'.repeat(1_000_000)}0]}`, {}],
    [
      'a plan that is a million objects deep',
      'seating-plan-invalid',
      JSON.stringify({ ...VENUE, seatingPlan: 0 }).replace(/0}$/, `${nested(1_000_000)}}`),
      {},
    ],
  ])('refuses %s', async (_what, code, body, headers) => {
    await expectRefusal(app, code, () => postVenue(body, headers));
  });

  it('takes no body for none, though its type is named', async () => {
    const { path } = await onSale(app, smallHouse(1, 2));
    const headers = { 'content-type': 'application/json' };
    const customer = await app.token('anna', 'customer');
    const held = await reserve(app, path, customer, { seatIds: ['A-1'] });
    const mine = `${path}/reservations/${held.body.reservationId}`;
    expect((await app.ask('DELETE', mine, { token: customer, headers })).status).toBe(204);
    const closed = await app.ask('POST', `${path}/close-sales`, { token: organizer, headers });
    expect(closed.status).toBe(200);
  });

  it('refuses a body that is not UTF-8 JSON', async () => {
    await expectRefusal(app, 'body-malformed', () => postVenue(new Uint8Array([0xff, 0xfe, 0x00])));
  });

  it('takes 64 KiB on an ordinary route and no more', async () => {
    const body = JSON.stringify({ sub: 'x'.repeat(64 * 1024), roles: [] });
    const refused = await expectRefusal(app, 'body-too-large', () =>
      app.ask('POST', '/v1/dev/tokens', { body }),
    );
    expect(refused.body.limitBytes).toBe(64 * 1024);
  });

  it('takes a seating plan of 32 MiB and refuses one of 33', async () => {
    const padded = (mib: number) =>
      JSON.stringify({
        ...VENUE,
        seatingPlan: { ...smallHouse(1, 2), comment: 'x'.repeat(mib * MIB) },
      });
    expect((await postVenue(padded(31))).status).toBe(201);
    const refused = await expectRefusal(app, 'body-too-large', () => postVenue(padded(33)));
    expect(refused.body.limitBytes).toBe(32 * MIB);
  });

  it('refuses 200 MB before it reads them, and 200 MB without a length as soon as they are too many', async () => {
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

  it('lets a client that sends all before it reads see the refusal too', async () => {
    expect((await postVenue(new Uint8Array(200 * MIB).fill(120))).body.code).toBe('body-too-large');
  });

  it('asks who it is before it reads a large body', async () => {
    const size = 20 * MIB;
    const headers = { 'content-type': 'application/json', 'content-length': String(size) };
    const stranger = await upload(`${app.url}/v1/venues`, headers, size);
    expect(stranger).toMatchObject({ status: 401, code: 'token-missing' });
  });

  it.each<[string, ProblemCode, string]>([
    ['what is not HTTP', 'request-malformed', 'hello there\r\n\r\n'],
    [
      'headers over 16 KiB',
      'headers-too-large',
      `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`,
    ],
  ])('refuses %s', async (_what, code, text) => {
    const answer = await speak(app.url, text);
    expect(answer).toContain(`HTTP/1.1 ${problemKind(code).status} `);
    expect(answer).toContain('content-type: application/problem+json');
    expect(answer).toContain(`"code":"${code}"`);
  });

  it('never tells what broke inside, and names the request instead', async () => {
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
    'says 503 and when to come back while the database is out of reach: %s',
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

  it('mints tokens where that is allowed, and they work', async () => {
    const minted = await app.ask('POST', '/v1/dev/tokens', {
      body: { sub: 'dora', roles: ['customer'] },
    });
    expect(minted).toMatchObject({ status: 201, body: { tokenType: 'Bearer' } });
    expect(Date.parse(minted.body.expiresAt)).toBeGreaterThan(Date.now());
    const own = await app.ask('GET', '/v1/me/reservations', { token: minted.body.token });
    expect(own).toMatchObject({ status: 200, body: { reservations: [] } });
    await expectRefusal(app, 'validation-failed', () =>
      app.ask('POST', '/v1/dev/tokens', { body: { sub: 'a b', roles: ['king'] } }),
    );
  });

  it('serves metrics of the writers, the projections, the feeds and every route', async () => {
    await onSale(app, smallHouse(1, 2));
    await app.ask('GET', '/v1/venues');
    const { body, headers } = await app.ask('GET', '/metrics');
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(body).toMatch(/boxoffice_inventory_commands_total [1-9]/);
    expect(body).toMatch(/boxoffice_projection_lag_seconds\{projection="seat-status"\} \d/);
    expect(body).toMatch(/boxoffice_projection_running\{projection="seat-status"\} 1/);
    expect(body).toMatch(/boxoffice_projection_parked\{projection="seat-status"\} 0/);
    expect(body).toMatch(/boxoffice_seat_status_streams 0/);
    expect(body).toMatch(
      /boxoffice_http_request_duration_seconds_count\{method="GET",route="\/v1\/venues",status="200"\} [1-9]/,
    );
  });

  it('shows no lag of a projection that it does not run', async () => {
    await Promise.all(app.get(PROJECTION_RUNNERS).map((runner) => runner.stop()));
    const { body } = await app.ask('GET', '/metrics');
    expect(body).toMatch(/boxoffice_projection_running\{projection="seat-status"\} 0/);
    expect(body).not.toMatch(/boxoffice_projection_(lag_seconds|parked)\{/);
  });

  it('serves the booking page with a policy that lets in nothing foreign', async () => {
    const page = await app.ask('GET', '/');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'self'.*frame-ancestors 'none'$/,
    );
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    const again = `GET / HTTP/1.1\r\nhost: x\r\nif-none-match: ${page.headers.get('etag')}\r\nconnection: close\r\n\r\n`;
    expect(await speak(app.url, again)).toContain('HTTP/1.1 304 ');
    expect((await app.ask('GET', '/..%2Fpackage.json')).status).toBe(404);
  });

  it('has a page for the API and one for every refusal', async () => {
    const docs = await app.ask('GET', '/docs');
    expect(docs.body).toContain('swagger-ui');
    expect(docs.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect((await app.ask('GET', '/docs/swagger-ui-init.js')).status).toBe(200);
    expect((await app.ask('GET', '/docs/swagger-ui.css')).status).toBe(200);
    expect((await app.ask('GET', '/problems')).body).toContain('<h2 id="seats-unavailable">');
  });
});

describe('a server that ends', () => {
  it('ends at once, whatever connections are open, and finishes what is under way', async () => {
    const app = await startApp('postgres');
    const { path } = await onSale(app, smallHouse(1, 2));
    const silent = connect(Number(new URL(app.url).port), '127.0.0.1');
    await once(silent, 'connect');
    const feed = await fetch(`${app.url}${path}/seat-status/stream`);
    const underWay = Promise.all(Array.from({ length: 20 }, () => app.ask('GET', path)));
    await app.ask('GET', '/health/live');
    const started = Date.now();
    const [answers] = await Promise.all([underWay, app.close()]);
    expect(Date.now() - started).toBeLessThan(5_000);
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    await expect(feed.text()).resolves.toContain('retry: ');
  });

  it('ends in time, though a client never comes to the end of its request', async () => {
    const app = await startApp('postgres', { SHUTDOWN_SECONDS: '2' });
    const slow = connect(Number(new URL(app.url).port), '127.0.0.1');
    slow.on('error', () => {});
    slow.write(
      'POST /v1/dev/tokens HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    );
    await app.ask('GET', '/health/live');
    const started = Date.now();
    await app.close();
    expect(Date.now() - started).toBeLessThan(2_500);
  });

  it('ends what clients asked for who have gone, before it closes the stores', async () => {
    const app = await startApp('postgres', { LOG_LEVEL: 'warn', DATABASE_POOL_SIZE: '5' });
    const { path } = await onSale(app, smallHouse(20, 20));
    const tokens = await Promise.all(
      Array.from({ length: 400 }, (_, at) => app.token(`buyer-${at}`, 'customer')),
    );
    const leaving = new AbortController();
    const ask = async (token: string, at: number) => {
      const headers = {
        ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        'idempotency-key': 'my-key',
      };
      const body = JSON.stringify({ seatIds: [`${ROWS[at % 20]}-${1 + Math.floor(at / 20)}`] });
      const url = `${app.url}${path}`;
      const { signal } = leaving;
      await fetch(`${url}/reservations`, { method: 'POST', headers, body, signal });
      await fetch(`${app.url}/v1/me/reservations`, { headers, signal });
    };
    const said = await listenToLog(async () => {
      const asked = tokens.map((token, at) => ask(token, at).catch(() => undefined));
      await Promise.race(asked);
      leaving.abort();
      await app.close();
      // Whoever were still at it would find out within this time.
      await systemClock.sleep(300);
    });
    expect(said).toBe('');
  });
});

const ROWS = 'ABCDEFGHIJKLMNOPQRST';

/** What is logged meanwhile. */
async function listenToLog(work: () => Promise<void>): Promise<string> {
  const streams = [process.stdout, process.stderr].map((stream) => ({
    stream,
    write: stream.write,
  }));
  let said = '';
  for (const { stream } of streams)
    stream.write = ((text: string) => Boolean((said += text))) as typeof stream.write;
  try {
    await work();
  } finally {
    for (const { stream, write } of streams) stream.write = write;
  }
  return said;
}

/** One object in another. */
function nested(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
}

async function expectStatus(app: TestApp, path: string, status: number, code: ProblemCode) {
  const answer = await app.ask('GET', path);
  expect(answer).toMatchObject({ status, body: { code } });
  return answer;
}

interface Uploaded {
  readonly status: number | undefined;
  readonly code: string;
  /** Bytes given to the socket before the answer came. */
  readonly sent: number;
}

/** Sends as a browser does: it reads the answer while it is still sending. */
async function upload(
  url: string,
  headers: Record<string, string>,
  size: number,
): Promise<Uploaded> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await uploadOnce(url, headers, size);
    } catch (error) {
      // The server has answered and hung up while we were still writing; Node then drops the answer unread.
      if (
        attempt === 5 ||
        !['EPIPE', 'ECONNRESET'].includes((error as NodeJS.ErrnoException).code ?? '')
      )
        throw error;
    }
  }
}

function uploadOnce(url: string, headers: Record<string, string>, size: number): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const chunk = Buffer.alloc(256 * 1024, 'x');
    const sending = httpRequest(url, { method: 'POST', headers, agent: false });
    let sent = 0;
    let answered = false;
    sending.on('response', async (answer) => {
      answered = true;
      let text = '';
      for await (const part of answer) text += part;
      sending.destroy();
      resolve({ status: answer.statusCode, code: JSON.parse(text).code, sent });
    });
    sending.on('error', (error) => !answered && reject(error));
    const pump = () => {
      while (!answered && sent < size) {
        sent += chunk.length;
        if (!sending.write(chunk)) return void sending.once('drain', pump);
      }
      if (!answered) sending.end();
    };
    pump();
  });
}

/** What a bare socket gets for a text. */
async function speak(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.setEncoding('utf8').write(text);
  let answer = '';
  for await (const part of socket) answer += part;
  return answer;
}
