import type { FastifyReply, onRequestHookHandler, RouteOptions } from 'fastify';
import type { Taken } from '../../ports/abuse/abuse.js';
import { networksOf } from '../platform/addresses.js';
import { CACHING, NEVER } from '../platform/caching.js';
import { Problem } from '../problems/problems.js';
import type { Protection } from './protection.js';

const RESERVE = '/v1/events/:eventId/reservations';
/**
 * Not limited: a payment provider sends all its webhooks from a few addresses, and a forged webhook
 * is rejected by its signature.
 */
const EXEMPT = '/v1/payments/webhooks';
const WINDOW_SECONDS = 60;

/** Whether requests to this route are counted, and rejected with 429 above a limit. */
export const isRateLimited = (url: string): boolean =>
  url.startsWith('/v1/') && !url.startsWith(EXEMPT);

/**
 * Limits requests per address, before the account is known, and per account. For Fastify's
 * `onRoute`. Health, metrics and the web page are not limited. An address of a private network has
 * no limit, because it is a load balancer or proxy.
 */
export function applyRateLimits(route: RouteOptions, protection: Protection | undefined): void {
  if (!protection || !isRateLimited(route.url)) return;
  const isRead = route.method === 'GET' || route.method === 'HEAD';
  // No account limit on routes for staff: organizers import whole programs.
  const isForStaff = route.config?.roles?.includes('customer') === false;
  const isShared = isRead && route.url in CACHING && CACHING[route.url]!.cacheControl !== NEVER;
  const { rates } = protection;
  const check = (reply: FastifyReply, taken: Taken): void => {
    // A shared cache sends one answer to many clients, so that answer must not show the limits of
    // one.
    if (!isShared || !taken.allowed) setRateLimitHeaders(reply, taken);
    if (taken.allowed) return;
    protection.counts.limited++;
    const seconds = Math.max(1, Math.ceil(taken.resetMs / 1_000));
    reply.header('retry-after', String(seconds));
    throw new Problem('rate-limited', { limit: taken.limit, retryAfterSeconds: seconds });
  };
  const proceed = (
    taking: Promise<Taken>,
    reply: FastifyReply,
    done: (error?: Error) => void,
  ): void => void taking.then((taken) => check(reply, taken)).then(() => done(), done);
  /** Continues in the same turn when there is nothing to count. */
  const limitAddress: onRequestHookHandler = ({ ip }, reply, done) => {
    const networks = networksOf(ip);
    if (networks.length === 0) return done();
    const rate = isRead ? rates.readsPerAddress : rates.writesPerAddress;
    proceed(rate.take(networks), reply, done);
  };
  const isReservation = route.method === 'POST' && route.url === RESERVE;
  const ofAccount = isReservation ? rates.reservationsPerAccount : rates.requestsPerAccount;
  const limitAccount: onRequestHookHandler = ({ account }, reply, done) => {
    if (!account || isForStaff) return done();
    proceed(ofAccount.take(account.id), reply, done);
  };
  route.onRequest = [limitAddress, route.onRequest ?? [], limitAccount].flat();
}

/** Shows the limit with the fewest requests left, of those that apply to the request. */
function setRateLimitHeaders(reply: FastifyReply, { limit, remaining, resetMs }: Taken): void {
  const shown = reply.getHeader('ratelimit-remaining');
  if (shown !== undefined && Number(shown) < remaining) return;
  reply.headers({
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(Math.ceil(resetMs / 1_000)),
    'ratelimit-policy': `${limit};w=${WINDOW_SECONDS}`,
  });
}
