import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { PAGE_POLICY } from '../platform/server/safe-headers.js';

/** Paths of the API, which are never answered with a page. */
const API = /^\/(?:v1|health|metrics|openapi\.json|docs|problems|\.well-known)(?:[/?]|$)/;

/**
 * Answers a browser that requests an unknown URL with the booking page and status 404: the page
 * says that there is nothing at this URL and links to other pages. Other clients get the problem
 * document.
 */
export async function showNotFoundPage(fastify: FastifyInstance, webFolder: string): Promise<void> {
  const page = await readFile(join(webFolder, 'index.html'), 'utf8');
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const isForPeople =
      reply.statusCode === 404 &&
      request.method === 'GET' &&
      !API.test(request.url) &&
      (request.headers.accept ?? '').includes('text/html');
    if (!isForPeople) return done(null, payload);
    reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': PAGE_POLICY,
      'cache-control': 'no-store',
    });
    reply.removeHeader('content-length');
    done(null, page);
  });
}
