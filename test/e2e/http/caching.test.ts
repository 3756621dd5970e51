import { CACHING } from '../../../src/http/platform/caching.js';
import { startApp, type TestApp } from '../../support/app.js';
import { onSale, reserve } from '../../support/seat-inventory/houses.js';

/** Public reads that are not there yet are in the table already. */
const TO_COME = ['/v1/events/suggest'];

describe('what may be kept, and how long', () => {
  let app: TestApp;
  let ids: Record<string, string>;
  /** Routes that anybody may read, as the API documents itself. */
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

  it('is said of every public read, and of nothing else', () => {
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
      // Where the encoding has a say in the tag, the same one is asked for.
      const again = await app.ask('GET', path, { headers: { 'if-none-match': tag! } });
      expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', tag]);
      expect(again.headers.get('cache-control')).toBe(cacheControl);
      const other = await app.ask('GET', path, { headers: { 'if-none-match': '"other"' } });
      expect(other.status).toBe(200);
    },
  );

  it('has another entity tag once something has changed', async () => {
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
  ])('a refusal of %s is kept by nobody', async (path) => {
    const { status, headers } = await app.ask('GET', path);
    expect(status).toBeGreaterThanOrEqual(400);
    expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['no-store', null]);
  });

  it('an account’s own answers are kept by nobody', async () => {
    const token = await app.token('anna', 'customer');
    for (const path of ['/v1/me/reservations', '/v1/me/tickets']) {
      const { headers } = await app.ask('GET', path, { token });
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('the booking page is asked for by browsers each time, by an edge every ten seconds', async () => {
    const { status, headers } = await app.ask('GET', '/');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public, max-age=0, s-maxage=10, must-revalidate');
    // As browsers ask: `fetch` here would say that it wants no answer from any cache.
    const asked = {
      'if-none-match': headers.get('etag')!,
      'cache-control': 'max-age=0',
      pragma: 'x',
    };
    expect((await app.ask('GET', '/', { headers: asked })).status).toBe(304);
  });
});
