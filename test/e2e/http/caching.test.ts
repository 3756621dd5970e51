import { CACHING } from '../../../src/http/platform/caching.js';
import { startApp, type TestApp } from '../../support/app.js';
import { onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';

/** Routes of the table that do not exist yet. */
const TO_COME = ['/v1/events/suggest'];

describe('caching', () => {
  let app: TestApp;
  let ids: Record<string, string>;
  /** Public routes of the OpenAPI document. */
  let routes: string[];
  beforeAll(async () => {
    app = await startApp('postgres');
    const { venueId, eventId } = await onSale(app);
    ids = { venueId, eventId };
    const { body } = await app.ask('GET', '/openapi.json');
    const paths = body.paths as Record<string, { get?: { security?: unknown } }>;
    routes = Object.entries(paths)
      .filter(([, { get }]) => get && !get.security)
      .map(([path]) => path.replace(/\{(\w+)\}/g, ':$1'));
  });
  afterAll(() => app.close());

  const pathOf = (route: string) => route.replace(/:(\w+)/g, (_, name: string) => ids[name]!);

  it('is defined for every public read and nothing else', () => {
    expect(routes.filter((route) => !(route in CACHING))).toEqual([]);
    const gone = Object.keys(CACHING).filter((route) => !routes.includes(route));
    expect(gone.filter((route) => !TO_COME.includes(route))).toEqual([]);
  });

  it.each(Object.entries(CACHING).filter(([route]) => !route.endsWith('/stream')))(
    '%s does what the table says',
    async (route, { cacheControl, etag, vary }) => {
      if (!routes.includes(route)) return expect(TO_COME).toContain(route);
      const path = pathOf(route);
      const { status, headers } = await app.ask('GET', path);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe(cacheControl);
      expect(headers.get('vary')).toBe(vary ?? null);
      const tag = headers.get('etag');
      if (etag === 'none') return expect(tag).toBeNull();
      expect(tag).toMatch(/^"[^"]+"$/);
      // If the entity tag depends on the encoding, the request names the same encoding.
      const again = await app.ask('GET', path, { headers: { 'if-none-match': tag! } });
      expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', tag]);
      expect(again.headers.get('cache-control')).toBe(cacheControl);
      const other = await app.ask('GET', path, { headers: { 'if-none-match': '"other"' } });
      expect(other.status).toBe(200);
    },
  );

  it('changes the entity tag when the content changes', async () => {
    const path = pathOf('/v1/events/:eventId');
    const tagNow = async (query = '') => (await app.ask('GET', path + query)).headers.get('etag');
    const before = await tagNow();
    const anna = await app.token('anna', 'customer');
    const { body } = await reserve(app, path, anna, { seatIds: ['A-1'] });
    expect(await tagNow(`?atLeast=${body.revision}`)).not.toBe(before);
  });

  it.each([
    '/v1/events/nobody',
    '/v1/venues/nobody',
    '/v1/events/nobody/seat-status',
    '/v1/events?limit=0',
  ])('does not allow storing a problem of %s', async (path) => {
    const { status, headers } = await app.ask('GET', path);
    expect(status).toBeGreaterThanOrEqual(400);
    expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['no-store', null]);
  });

  it('does not allow storing the answers of an account', async () => {
    const token = await app.token('anna', 'customer');
    for (const path of ['/v1/me/reservations', '/v1/me/tickets']) {
      const { headers } = await app.ask('GET', path, { token });
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('makes browsers revalidate the booking page always, an edge every ten seconds', async () => {
    const { status, headers } = await app.ask('GET', '/');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public, max-age=0, s-maxage=10, must-revalidate');
    // A browser's header: `fetch` would send `no-cache`.
    const asked = {
      'if-none-match': headers.get('etag')!,
      'cache-control': 'max-age=0',
      pragma: 'x',
    };
    expect((await app.ask('GET', '/', { headers: asked })).status).toBe(304);
  });
});
