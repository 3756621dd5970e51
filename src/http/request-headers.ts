import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendProblem } from './problem-replies.js';

/**
 * Headers that a request may have once. Node keeps the first of several, a proxy in front may keep the last: the two would
 * answer for different hosts or accounts.
 */
const ONCE: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type', 'content-length']);
/** A name or an address with an optional port: RFC 3986, without what only a forged header has. */
const HOST = /^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/;

/** Refuses requests that name a host, an account or a type of body twice, or a host that is none. */
export function refuseAmbiguousHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { rawHeaders, headers } = request.raw;
    if (!isRepeated(rawHeaders) && (headers.host === undefined || HOST.test(headers.host))) return done();
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
 * `https://host` as the client has it. `X-Forwarded-Host` is not believed, also not of a trusted proxy, which passes on what
 * any client has sent; a proxy that is set up for this sets `Host`.
 */
export function requestOrigin({ protocol, headers, hostname }: FastifyRequest): string {
  return `${protocol === 'https' ? 'https' : 'http'}://${headers.host ?? hostname}`;
}
