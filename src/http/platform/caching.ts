import { hash } from 'node:crypto';
import type { onSendHookHandler, RouteOptions } from 'fastify';
import { matches } from './etags.js';

export const FOR_A_YEAR = 'public, max-age=31536000, immutable';
export const FOR_AN_HOUR = 'public, max-age=3600';
/** What a sale changes by the second: an edge asks once a second, whoever comes meanwhile gets what it has. */
export const FOR_A_SECOND = 'public, max-age=1, stale-while-revalidate=1';
/** What organisers change. */
export const FOR_SECONDS = 'public, max-age=5, stale-while-revalidate=5';
/** Of the booking page: browsers always ask, an edge only every ten seconds. */
export const OF_PAGE = 'public, max-age=0, s-maxage=10, must-revalidate';
export const NEVER = 'no-store';

export interface Caching {
  readonly cacheControl: string;
  /** `own`: the handler knows what it changes with; `content`: a digest of the answer, made here. */
  readonly etag: 'own' | 'content' | 'none';
  /** Where the handler itself answers in more than one encoding, or representation. */
  readonly vary?: 'accept-encoding' | 'accept';
}

/**
 * Every read that anybody may make, by its route. What is not listed is an account's own, and kept by nobody. The edge
 * keeps what is said here and no longer: there are no times in its own configuration.
 */
export const CACHING: Readonly<Record<string, Caching>> = {
  '/v1/venues': { cacheControl: FOR_SECONDS, etag: 'content' },
  '/v1/venues/:venueId': { cacheControl: FOR_SECONDS, etag: 'content' },
  '/v1/events': { cacheControl: FOR_SECONDS, etag: 'content' },
  '/v1/events/suggest': { cacheControl: FOR_SECONDS, etag: 'content' },
  '/v1/events/:eventId': { cacheControl: FOR_A_SECOND, etag: 'content', vary: 'accept' },
  // It tells when it was made, so that no two are alike.
  '/v1/events/:eventId/calendar.ics': { cacheControl: FOR_SECONDS, etag: 'none' },
  // It never changes, and its address may say which it is (`?v=` and its hash): another version is another address.
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

/** Puts the table into effect; for Fastify's `onRoute`. A handler with an `own` entity tag sets its headers itself. */
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
