import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendProblem } from '../../problems/problem-replies.js';

/**
 * Headers that a request may have only once. Node keeps the first of several and a proxy may keep
 * the last, so the two could see different hosts or accounts.
 */
const ONCE: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'content-type',
  'content-length',
]);
/**
 * A name or an address with an optional port: RFC 3986, without user info and other parts that only
 * forged headers have.
 */
const HOST = /^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/;

/** Rejects requests that repeat one of these headers or have an invalid host. */
export function rejectAmbiguousHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { rawHeaders, headers } = request.raw;
    if (!isRepeated(rawHeaders) && (headers.host === undefined || HOST.test(headers.host)))
      return done();
    sendProblem(request, reply, 'request-malformed');
  });
}

function isRepeated(rawHeaders: readonly string[]): boolean {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    if (!ONCE.has(name)) continue;
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}

/**
 * `https://host` as the client sees it. `X-Forwarded-Host` is ignored, even from a trusted proxy,
 * which may pass on what a client has sent; a proxy must set `Host`.
 */
export function requestOrigin({ protocol, headers, hostname }: FastifyRequest): string {
  return `${protocol === 'https' ? 'https' : 'http'}://${headers.host ?? hostname}`;
}
