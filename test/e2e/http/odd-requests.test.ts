import { connect } from 'node:net';
import { startApp, type TestApp } from '../../support/app.js';
import { onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';

interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** Sends raw lines, which `fetch` would correct. */
function send(url: string, lines: readonly string[]): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const text = [...lines, 'Connection: close', '', ''].join('\r\n');
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(Buffer.from(text, 'latin1')));
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => {
      const end = received.indexOf('\r\n\r\n');
      const [headers, body] = [received.slice(0, end), received.slice(end + 4)];
      // An answer in one chunk.
      const [, json = body] = /^[\da-f]+\r\n([^]*)\r\n0\r\n\r\n$/.exec(body) ?? [];
      resolve({ status: Number(received.slice(9, 12)), headers, body: json });
    });
  });
}

/** Percent-encodes the first part of the path: another spelling of the same URL. */
const encoded = (target: string): string =>
  target.replace(/^\/([\w.-]+)/, (_, part: string) =>
    [...part].reduce((spelled, letter) => `${spelled}%${letter.charCodeAt(0).toString(16)}`, '/'),
  );

describe('odd requests', () => {
  let app: TestApp;
  let anna: string;
  let staff: string;
  let path: string;
  let reservationId: string;
  beforeAll(async () => {
    app = await startApp('postgres', { TRUSTED_PROXIES: '127.0.0.1' });
    anna = await app.token('anna', 'customer');
    staff = await app.token('otto', 'operator', 'auditor', 'organizer', 'customer');
    ({ path } = await onSale(app));
    ({ reservationId } = (await reserve(app, path, anna, { seatIds: ['A-1'] })).body);
  });
  afterAll(() => app.close());

  const get = (target: string, ...headers: string[]) =>
    send(app.url, [`GET ${target} HTTP/1.1`, 'Host: shop.test', ...headers]);
  const cacheControl = ({ headers }: Answer) => /\r\ncache-control: ([^\r]*)/i.exec(headers)?.[1];

  it('a private answer is never cacheable, in any spelling of its URL', async () => {
    const own = ['/v1/me/reservations', '/v1/me/tickets', `${path}/reservations/${reservationId}`];
    for (const target of [...own, ...own.map(encoded), '/%761/me/tickets']) {
      const answer = await get(target, `Authorization: Bearer ${anna}`);
      expect([target, answer.status, cacheControl(answer)]).toEqual([target, 200, 'no-store']);
    }
  });

  it('no answer of a route that needs a token may be stored', async () => {
    const { paths } = (await app.ask('GET', '/openapi.json')).body as {
      paths: Record<string, Record<string, { security?: unknown }>>;
    };
    const routes = Object.keys(paths).filter((route) => paths[route]!.get?.security);
    expect(routes.length).toBeGreaterThan(15);
    for (const route of routes) {
      const target = route.replace(/\{(\w+)\}/g, 'x');
      for (const spelled of [target, encoded(target)]) {
        const answer = await get(spelled, `Authorization: Bearer ${staff}`);
        expect([spelled, cacheControl(answer)]).toEqual([spelled, 'no-store']);
      }
    }
  });

  it.each([
    ['/%', 400, 'url-malformed'],
    ['/%ff', 400, 'url-malformed'],
    ['/v1/events/%E0%A4%A', 400, 'url-malformed'],
    ['/%00', 404, 'not-found'],
    ['/a%00b', 404, 'not-found'],
    ['/..%2f..%2fetc/passwd', 404, 'not-found'],
    ['/../../etc/passwd', 404, 'not-found'],
    ['/%2e%2e/%2e%2e/etc/passwd', 404, 'not-found'],
    ['/..%5c..%5cwindows', 404, 'not-found'],
    ['/.git/config', 404, 'not-found'],
    ['/.env', 404, 'not-found'],
    ['//', 404, 'not-found'],
    ['//evil.test/', 404, 'not-found'],
    ['/v1//events', 404, 'not-found'],
    ['/\\\\evil.test', 404, 'not-found'],
    ['/nothing.html', 404, 'not-found'],
  ])('%s is rejected for its URL, not for its body', async (target, status, code) => {
    const answer = await get(target);
    expect([answer.status, answer.body]).toEqual([
      status,
      expect.stringContaining(`"code":"${code}"`),
    ]);
    expect(cacheControl(answer)).toBe('no-store');
  });

  it.each([
    ['two of them', ['Host: shop.test', 'Host: evil.test']],
    ['the same twice', ['Host: shop.test', 'host: shop.test']],
    ['a path in it', ['Host: shop.test/evil']],
    ['a quotation mark in it', ['Host: shop.test"onload=alert(1)']],
    ['an account before it', ['Host: anna@evil.test']],
  ])('a Host header with %s is rejected', async (_, hosts) => {
    const { status, body } = await send(app.url, ['GET /v1/venues HTTP/1.1', ...hosts]);
    expect([status, body]).toEqual([400, expect.stringContaining('"code":"request-malformed"')]);
  });

  it.each(['shop.test', 'shop.test:8080', '127.0.0.1:3000', '[::1]:3000', 'app_1'])(
    'the host %s is served',
    async (host) => {
      expect((await send(app.url, ['GET /v1/venues HTTP/1.1', `Host: ${host}`])).status).toBe(200);
    },
  );

  it('two tokens are rejected', async () => {
    const tokens = [`Authorization: Bearer ${anna}`, `authorization: Bearer ${staff}`];
    const { status, body } = await get('/v1/me/tickets', ...tokens);
    expect([status, body]).toEqual([400, expect.stringContaining('"code":"request-malformed"')]);
  });

  it.each(['application/ld+json', 'text/calendar'])(
    '%s leads to the host that was asked, not to a forwarded one',
    async (accept) => {
      const forwarded = ['X-Forwarded-Host: evil.test', 'X-Forwarded-Proto: evil'];
      const { status, body } = await get(path, `Accept: ${accept}`, ...forwarded);
      expect(status).toBe(200);
      expect(body).not.toContain('evil');
      expect(body.replaceAll('\r\n ', '')).toContain('http://shop.test/');
    },
  );
});
