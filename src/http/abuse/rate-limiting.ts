import type {
  FastifyReply,
  FastifyRequest,
  onRequestAsyncHookHandler,
  RouteOptions,
} from 'fastify';
import type { Taken } from '../../ports/abuse/abuse.js';
import { networksOf } from '../platform/addresses.js';
import { CACHING, NEVER } from '../platform/caching.js';
import { Problem } from '../problems/problems.js';
import type { Protection } from './protection.js';

const RESERVE = '/v1/events/:eventId/reservations';
/** Payment providers come from few addresses and send what they must; whoever is no provider fails at the signature. */
const EXEMPT = '/v1/payments/webhooks';
const WINDOW_SECONDS = 60;

/** Whether requests to this route are counted, and refused with 429 above a limit. */
export const isRateLimited = (url: string): boolean =>
  url.startsWith('/v1/') && !url.startsWith(EXEMPT);

/**
 * Counts what comes from an address before it is known who asks, and what an account asks; for Fastify's `onRoute`. What
 * operators' machines ask (health, metrics) and the page itself are not counted. Addresses of private networks are
 * balancers and proxies, behind which is everybody: they have no limit of their own.
 */
export function applyRateLimits(route: RouteOptions, protection: Protection | undefined): void {
  if (!protection || !isRateLimited(route.url)) return;
  const isRead = route.method === 'GET' || route.method === 'HEAD';
  // What no customer may call is not what a sale is protected from: organisers bring whole programmes.
  const isOfStaff = route.config?.roles?.includes('customer') === false;
  const isShared = isRead && route.url in CACHING && CACHING[route.url]!.cacheControl !== NEVER;
  const { rates } = protection;
  const check = (reply: FastifyReply, taken: Taken): void => {
    // An answer that others are told too says nothing of who asked.
    if (!isShared || !taken.allowed) tell(reply, taken);
    if (taken.allowed) return;
    protection.counts.limited++;
    const seconds = Math.max(1, Math.ceil(taken.resetMs / 1_000));
    reply.header('retry-after', String(seconds));
    throw new Problem('rate-limited', { limit: taken.limit, retryAfterSeconds: seconds });
  };
  const ofAddress: onRequestAsyncHookHandler = async ({ ip }: FastifyRequest, reply) => {
    const networks = networksOf(ip);
    const rate = isRead ? rates.readsPerAddress : rates.writesPerAddress;
    if (networks.length > 0) check(reply, await rate.take(networks));
  };
  const ofAccount: onRequestAsyncHookHandler = async ({ account }: FastifyRequest, reply) => {
    if (!account || isOfStaff) return;
    const reserves = route.method === 'POST' && route.url === RESERVE;
    const rate = reserves ? rates.reservationsPerAccount : rates.requestsPerAccount;
    check(reply, await rate.take(account.id));
  };
  route.onRequest = [ofAddress, route.onRequest ?? [], ofAccount].flat();
}

/** Of the limits that a request meets, the one with the least left. */
function tell(reply: FastifyReply, { limit, remaining, resetMs }: Taken): void {
  const told = reply.getHeader('ratelimit-remaining');
  if (told !== undefined && Number(told) < remaining) return;
  reply.headers({
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(Math.ceil(resetMs / 1_000)),
    'ratelimit-policy': `${limit};w=${WINDOW_SECONDS}`,
  });
}
