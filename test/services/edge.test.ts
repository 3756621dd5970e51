/** @services nginx */
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { ask, startApp, type TestApp } from '../support/app.js';
import { startDnsServer } from '../support/services/dns-server.js';
import { startEdge, type Edge } from '../support/services/edge.js';
import { openFeed } from '../support/log/feed.js';
import { onSale, reserve, smallPlan } from '../support/seat-inventory/event-on-sale.js';

describe('the edge in front of the shop', () => {
  let app: TestApp;
  let edge: Edge;
  let path: string;
  let anna: string;
  beforeAll(async () => {
    app = await startApp('postgres', { DEV_TOKENS: 'on' });
    edge = await startEdge(process.env.TEST_NGINX!, [app.url]);
    ({ path } = await onSale(app, smallPlan(20, 20)));
    anna = await app.token('anna', 'customer');
  });
  afterAll(async () => {
    await edge.stop();
    await app.close();
  });

  /** Requests that the shop has answered on a route. */
  const seen = async (route: string): Promise<number> => {
    const { body } = await app.ask('GET', '/metrics');
    const lines = (body as string)
      .split('\n')
      .filter((line) => line.startsWith('boxoffice_http_request_duration_seconds_count'))
      .filter((line) => line.includes(`route="${route}"`));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };

  it('asks the shop once for a thousand who come at once', async () => {
    const route = '/v1/events/:eventId/seating-map';
    const before = await seen(route);
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () => ask(`${edge.url}${path}/seating-map`, 'GET')),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    // Once; and once more when its second is over before the thousand are served.
    expect((await seen(route)) - before).toBeLessThanOrEqual(20);
  });

  it('shows within a few seconds what has changed', async () => {
    const status = async () =>
      (await ask(`${edge.url}${path}/seat-status`, 'GET')).body.status as string;
    expect((await status())[0]).toBe('a');
    expect((await reserve(app, path, anna, { seatIds: ['A-1'] })).status).toBe(201);
    const since = Date.now();
    while ((await status())[0] !== 'r') {
      if (Date.now() - since > 10_000) throw new Error('The edge still shows the seat as free.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });

  it('compresses as asked, and keeps each encoding', async () => {
    const plain = await raw(`${edge.url}${path}/seating-plan`, {});
    expect(plain.headers['content-encoding']).toBeUndefined();
    const zipped = await raw(`${edge.url}${path}/seating-plan`, {
      'accept-encoding': 'gzip, deflate',
    });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(zipped.headers.vary?.toLowerCase()).toContain('accept-encoding');
    expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
    expect(zipped.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const again = await raw(`${edge.url}${path}/seating-plan`, { 'accept-encoding': 'gzip;q=1' });
    expect([again.headers['x-edge-cache'], again.headers['content-encoding']]).toEqual([
      'HIT',
      'gzip',
    ]);
    const modern = await raw(`${edge.url}${path}/seating-plan`, {
      'accept-encoding': 'gzip, deflate, br',
    });
    const decompress = edge.brotli ? brotliDecompressSync : gunzipSync;
    expect(modern.headers['content-encoding']).toBe(edge.brotli ? 'br' : undefined);
    if (edge.brotli) expect(decompress(modern.body).equals(plain.body)).toBe(true);
  });

  it('keeps each representation of an event by itself', async () => {
    const as = async (accept: string) => {
      const { headers } = await raw(`${edge.url}${path}`, { accept });
      return `${String(headers['content-type']).split(';')[0]} ${headers['x-edge-cache']}`;
    };
    expect(await as('application/ld+json')).toMatch(/^application\/ld\+json /);
    expect(await as('application/json')).toMatch(/^application\/json /);
    expect(await as('text/calendar, text/html')).toMatch(/^text\/calendar /);
    expect(await as('*/*')).toMatch(/^application\/json (HIT|STALE|UPDATING)/);
    expect(await as('text/*')).toMatch(/^application\/json /);
    expect(await as('application/ld+json')).toMatch(/^application\/ld\+json (HIT|STALE|UPDATING)/);
  });

  it('answers 304 itself', async () => {
    const first = await raw(`${edge.url}${path}/seating-plan`, { 'accept-encoding': 'gzip' });
    const etag = first.headers.etag!;
    const route = '/v1/events/:eventId/seating-plan';
    const before = await seen(route);
    const again = await raw(`${edge.url}${path}/seating-plan`, {
      'accept-encoding': 'gzip',
      'if-none-match': etag,
    });
    expect([again.status, await seen(route)]).toEqual([304, before]);
  });

  it('passes on what is bought and what is an account’s own, and keeps none of it', async () => {
    const options = {
      token: anna,
      body: { seatIds: ['B-1'] },
      headers: { 'idempotency-key': 'edge' },
    };
    const held = await ask(`${edge.url}${path}/reservations`, 'POST', options);
    expect(held.status).toBe(201);
    const { reservationId, revision } = held.body;
    const own = `${edge.url}${path}/reservations/${reservationId}?atLeast=${revision}`;
    const mine = await ask(own, 'GET', { token: anna });
    expect([mine.status, mine.body.status]).toEqual([200, 'held']);
    const berta = await app.token('berta', 'customer');
    expect((await ask(own, 'GET', { token: berta })).status).toBe(404);
    expect((await ask(own, 'GET')).status).toBe(401);
    expect((await ask(own.split('?')[0]!, 'DELETE', { token: anna })).status).toBe(204);
  });

  it('lets a live feed through as it happens', async () => {
    const feed = await openFeed(`${edge.url}${path}/seat-status/stream`);
    const { body } = await reserve(app, path, anna, { seatIds: ['C-1'] });
    let change;
    do change = await feed.next();
    while (change.data.revision < body.revision);
    expect(change.data.changes).toContainEqual({ seatId: 'C-1', status: 'reserved' });
    feed.close();
  });

  it('keeps two requests apart whose parts make up the same text', async () => {
    const search = (query: string, encoding: string) =>
      raw(`${edge.url}/v1/events?q=${query}`, { 'accept-encoding': encoding });
    const longer = await search('carmengzip', '');
    const shorter = await search('carmen', 'gzip');
    expect(longer.headers['x-edge-cache']).toBe('MISS');
    expect(shorter.headers['x-edge-cache']).toBe('MISS');
    const representation = await raw(`${edge.url}${path}`, { accept: 'text/calendar' });
    expect(representation.headers['content-type']).toMatch(/^text\/calendar/);
    const other = await raw(`${edge.url}${path}text/calendar`, { accept: '*/*' });
    expect(other.status).toBe(404);
  });

  it('sends HSTS with every answer', async () => {
    for (const asked of [
      '/',
      path,
      `${path}/seat-status`,
      '/v1/events/nobody',
      '/metrics',
      '/health/live',
    ]) {
      const { headers } = await raw(edge.url + asked, {});
      expect([asked, headers['strict-transport-security']]).toEqual([asked, 'max-age=31536000']);
    }
  });

  it('shows nobody the metrics', async () => {
    expect((await ask(`${edge.url}/metrics`, 'GET')).status).toBe(404);
  });
});

describe('several nodes behind the edge', () => {
  it('sends all requests for one event to one node, and to another when that is gone', async () => {
    const { createServer } = await import('node:http');
    const nodes = await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        const server = createServer((request, response) => {
          response.setHeader('cache-control', 'no-store');
          response.end(JSON.stringify({ name, from: request.headers['x-forwarded-for'] }));
        });
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const { port } = server.address() as { port: number };
        return { name, server, url: `http://127.0.0.1:${port}` };
      }),
    );
    const edge = await startEdge(
      process.env.TEST_NGINX!,
      nodes.map(({ url }) => url),
    );
    const nodeOf = async (event: string, method: string, rest: string): Promise<string> => {
      const headers = { 'x-forwarded-for': '6.6.6.6' };
      const { name, from } = JSON.parse(
        await (await fetch(`${edge.url}/v1/events/${event}${rest}`, { method, headers })).text(),
      );
      // What a client says of its own address is not passed on.
      expect(from).toBe('127.0.0.1');
      return name;
    };
    const homes = new Map<string, string>();
    for (let at = 0; at < 60; at++) {
      const calls = [
        nodeOf(`e${at}`, 'GET', ''),
        nodeOf(`e${at}`, 'GET', '/seat-status?atLeast=3'),
        nodeOf(`e${at}`, 'POST', '/reservations'),
        nodeOf(`e${at}`, 'GET', '/seat-status/stream'),
      ];
      const answered = new Set(await Promise.all(calls));
      expect(answered.size).toBe(1);
      homes.set(`e${at}`, [...answered][0]!);
    }
    expect(new Set(homes.values()).size).toBe(3);
    nodes[0]!.server.close();
    nodes[0]!.server.closeAllConnections();
    for (const [event, home] of homes) {
      const now = await nodeOf(event, 'GET', '');
      if (home === 'a') expect(now).not.toBe('a');
      else expect(now).toBe(home);
    }
    await edge.stop();
    for (const { server } of nodes) server.close();
  });
});

describe('a shop whose address changes', () => {
  it('is found again by its name, for reads, writes and live feeds', async () => {
    const shop = (name: string, address: string, port: number): Promise<Server> => {
      const server = createServer((_request, response) => {
        response.setHeader('cache-control', 'no-store');
        response.end(name);
      });
      return new Promise((resolve) => server.listen(port, address, () => resolve(server)));
    };
    const end = (server: Server) => {
      server.close();
      server.closeAllConnections();
    };
    const first = await shop('first', '127.0.0.2', 0);
    const { port } = first.address() as AddressInfo;
    const dns = await startDnsServer('127.0.0.2');
    const options = { target: `app.test:${port}`, resolver: dns.address };
    const edge = await startEdge(process.env.TEST_NGINX!, ['http://127.0.0.1:9'], options);
    const answers = async () => {
      const paths = ['/v1/events/e1', '/v1/events/e1/seat-status/stream', '/health/live'];
      const reads = paths.map((path) => fetch(edge.url + path));
      const all = [...reads, fetch(`${edge.url}/v1/events/e1/reservations`, { method: 'POST' })];
      return Promise.all(all.map(async (answer) => (await answer).text()));
    };
    expect(await answers()).toEqual(Array(4).fill('first'));
    end(first);
    const second = await shop('second', '127.0.0.3', port);
    dns.pointTo('127.0.0.3');
    const since = Date.now();
    while ((await answers()).some((answer) => answer !== 'second')) {
      if (Date.now() - since > 10_000)
        throw new Error('The edge still looks for the shop that is gone.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await edge.stop();
    end(second);
    await dns.close();
  });
});

interface Raw {
  readonly status: number;
  readonly headers: Record<string, string | undefined>;
  readonly body: Buffer;
}

/** As it comes over the wire: `fetch` would decompress it. */
function raw(url: string, headers: Record<string, string>): Promise<Raw> {
  return new Promise((resolve, refuse) => {
    get(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers as Raw['headers'],
          body: Buffer.concat(chunks),
        }),
      );
    }).on('error', refuse);
  });
}
