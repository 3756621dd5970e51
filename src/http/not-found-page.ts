import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { PAGE_POLICY } from './safe-headers.js';

/** Paths of the API: their answers are for programs. */
const API = /^\/(?:v1|health|metrics|openapi\.json|docs|problems|\.well-known)(?:[/?]|$)/;

/**
 * Answers a browser that asks for an address without a page with the booking page, status 404: the page says that nothing is
 * there and leads on. Programs get the problem.
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
