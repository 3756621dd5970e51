import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../../problems/problem-replies.js';

/** A run of percent-encoded bytes outside ASCII. */
const ENCODED_BYTES = /(?:%[89a-f][\da-f])+/gi;

/**
 * Answers 400 to a query whose percent-encoded bytes are not UTF-8: the router leaves such text
 * undecoded.
 */
export function rejectUndecodableQueries(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isUtf8Query(request.url)) done();
    else sendProblem(request, reply, 'url-malformed');
  });
}

function isUtf8Query(url: string): boolean {
  const query = url.indexOf('?');
  if (query < 0 || !url.includes('%', query)) return true;
  try {
    for (const [bytes] of url.slice(query).matchAll(ENCODED_BYTES)) decodeURIComponent(bytes);
    return true;
  } catch {
    return false;
  }
}
