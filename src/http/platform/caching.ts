import { hash } from 'node:crypto';
import type { onSendHookHandler, RouteOptions } from 'fastify';
import { matches } from './etags.js';

export const FOR_A_YEAR = 'public, max-age=31536000, immutable';
export const FOR_AN_HOUR = 'public, max-age=3600';
/** For answers that change by the second during a sale: an edge revalidates once a second. */
export const FOR_A_SECOND = 'public, max-age=1, stale-while-revalidate=1';
/** For answers that only organizers change. */
export const FOR_SECONDS = 'public, max-age=5, stale-while-revalidate=5';
/** For the booking page: a browser always revalidates, an edge every ten seconds. */
export const OF_PAGE = 'public, max-age=0, s-maxage=10, must-revalidate';
export const NEVER = 'no-store';

export interface Caching {
  readonly cacheControl: string;
  /** `own`: the handler sets the entity tag; `content`: a digest of the answer, computed here. */
  readonly etag: 'own' | 'content' | 'none';
  /** Set when the handler answers in more than one encoding or representation. */
  readonly vary?: 'accept-encoding' | 'accept';
}

/**
 * Caching of every public read, by route. A route that is not listed is private to an account and
 * never stored. The edge follows these headers: its own configuration has no times.
 */
export const CACHING: Readonly<Record<string, Caching>> = {
  '/v1/venues': { cacheControl: FOR_SECONDS, etag: 'content' },
  '/v1/venues/:venueId': { cacheControl: FOR_SECONDS, etag: 'content' },
  '/v1/events': { cacheControl: FOR_SECONDS, etag: 'content' },
  '/v1/events/suggest': { cacheControl: FOR_SECONDS, etag: 'content' },
  '/v1/events/:eventId': { cacheControl: FOR_A_SECOND, etag: 'content', vary: 'accept' },
  // The file has the time of its creation, so that no two are equal.
  '/v1/events/:eventId/calendar.ics': { cacheControl: FOR_SECONDS, etag: 'none' },
  // A seating plan never changes. Its URL may name its hash (`?v=`), so another plan has another
  // URL.
  '/v1/events/:eventId/seating-plan': {
    cacheControl: FOR_A_YEAR,
    etag: 'own',
    vary: 'accept-encoding',
  },
  '/v1/events/:eventId/seating-map': {
    cacheControl: FOR_A_SECOND,
    etag: 'own',
    vary: 'accept-encoding',
  },
  '/v1/events/:eventId/seat-status': { cacheControl: FOR_A_SECOND, etag: 'own' },
  '/v1/events/:eventId/seat-status/stream': { cacheControl: NEVER, etag: 'none' },
  '/v1/events/:eventId/waiting-room': { cacheControl: FOR_A_SECOND, etag: 'content' },
  '/.well-known/jwks.json': { cacheControl: FOR_AN_HOUR, etag: 'content' },
  '/problems': { cacheControl: FOR_SECONDS, etag: 'content' },
  '/v1/clock': { cacheControl: NEVER, etag: 'none' },
  '/health': { cacheControl: NEVER, etag: 'none' },
  '/health/live': { cacheControl: NEVER, etag: 'none' },
  '/health/ready': { cacheControl: NEVER, etag: 'none' },
  '/metrics': { cacheControl: NEVER, etag: 'none' },
};

/**
 * Applies the table to a route, for Fastify's `onRoute`. A handler with an `own` entity tag sets
 * its headers itself.
 */
export function applyCaching(route: RouteOptions): void {
  const caching = route.method === 'GET' ? CACHING[route.url] : undefined;
  if (!caching || caching.etag === 'own') return;
  const send: onSendHookHandler = (request, reply, payload, done) => {
    if (reply.statusCode !== 200) return done(null, payload);
    reply.header('cache-control', caching.cacheControl);
    if (caching.etag !== 'content' || typeof payload !== 'string') return done(null, payload);
    const etag = `"${hash('sha1', payload, 'base64url')}"`;
    reply.header('etag', etag);
    if (!matches(request.headers['if-none-match'], etag)) return done(null, payload);
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    done(null, null);
  };
  route.onSend = [route.onSend ?? [], send].flat();
}
