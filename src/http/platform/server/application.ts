import { isUtf8 } from 'node:buffer';
import fastifyStatic from '@fastify/static';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { applyRouteSettings } from '../../account/access.js';
import { applyCaching, NEVER, OF_PAGE } from '../caching.js';
import { decorateClient } from '../client.js';
import { recordRejectedRequests } from '../../problems/rejected-requests.js';
import type { RefusedAttempts } from '../../../audit/refused-attempts.js';
import { closeConnectionsOnShutdown } from './connections.js';
import { HEADERS_MS, httpAdapter } from './fastify-options.js';
import type { Metrics } from '../../health/metrics.js';
import { serveOpenApi } from '../../openapi/openapi.js';
import { ProblemFilter } from '../../problems/problem-replies.js';
import type { Protection } from '../../abuse/protection.js';
import { Problem } from '../../problems/problems.js';
import { rejectUndecodableQueries } from './query-encoding.js';
import { showNotFoundPage } from '../../problems/not-found-page.js';
import { applyRateLimits } from '../../abuse/rate-limiting.js';
import { rejectAmbiguousHeaders } from './request-headers.js';
import { DOCS_POLICY, PAGE_POLICY, SAFE_HEADERS } from './safe-headers.js';
import type { TokenVerifier } from '../../account/token-verifier.js';
import type { HttpSettings } from '../http-settings.js';

/**
 * Creates the application with its HTTP layer, ready to listen.
 * @param module imports `HttpModule`
 */
export async function createHttpApplication(
  module: Parameters<typeof NestFactory.create>[0],
  options: Omit<NestApplicationOptions, 'bodyParser'> & {
    /** Proxies whose `X-Forwarded-For` is believed. */
    readonly trustedProxies?: readonly string[];
  } = {},
): Promise<NestFastifyApplication> {
  const { trustedProxies, ...nest } = options;
  const app = await NestFactory.create<NestFastifyApplication>(
    module,
    httpAdapter(trustedProxies),
    { ...nest, bodyParser: false },
  );
  app.useGlobalFilters(new ProblemFilter());
  serveOpenApi(app);
  return app;
}

export interface ServerParts {
  readonly verifier: TokenVerifier;
  readonly protection: Protection | undefined;
  readonly metrics: Metrics;
  readonly refused: RefusedAttempts;
  readonly settings: HttpSettings;
}

/** Sets up what applies to every route. Call it before Nest registers the routes. */
export async function prepareServer(fastify: FastifyInstance, parts: ServerParts): Promise<void> {
  const { verifier, protection, metrics, refused, settings } = parts;
  const { shutdownSeconds, webFolder, addressKey } = settings;
  fastify.server.headersTimeout = HEADERS_MS;
  fastify.removeContentTypeParser('text/plain');
  takeJson(fastify);
  fastify.decorateRequest('account', null);
  decorateClient(fastify, addressKey);
  recordRejectedRequests(fastify, refused);
  fastify.addHook('onRoute', (route) => {
    applyRouteSettings(route, verifier);
    applyCaching(route);
    applyRateLimits(route, protection);
    metrics.time(route);
  });
  sendSafeHeaders(fastify);
  rejectUndecodableQueries(fastify);
  rejectAmbiguousHeaders(fastify);
  closeConnectionsOnShutdown(fastify, shutdownSeconds);
  if (webFolder !== undefined) {
    serveWeb(fastify, webFolder);
    await showNotFoundPage(fastify, webFolder);
  }
}

/**
 * JSON in UTF-8, or no body: many clients send a content type without a body, as in a DELETE. A
 * route that needs a body reports that it is missing.
 */
function takeJson(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeContentTypeParser('application/json');
  fastify.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    (request, body, done) => {
      if (request.routeOptions.config.rawJson) done(null, request.rawBody ?? body);
      else if (body.length === 0) done(null);
      else if (!isUtf8(body)) done(new Problem('body-malformed'));
      else void parse(request, body.toString(), done);
    },
  );
}

/**
 * No answer may be stored unless its route allows it: `CACHING` for public reads, `serveWeb` for
 * the page. The route decides and not the address, because one route has many spellings (`/v1/me`,
 * `/%761/me`).
 */
function sendSafeHeaders(fastify: FastifyInstance): void {
  const byDefault = { ...SAFE_HEADERS, 'cache-control': NEVER };
  const ofDocs = { ...byDefault, 'content-security-policy': DOCS_POLICY };
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(request.routeOptions.url?.startsWith('/docs') ? ofDocs : byDefault);
    done();
  });
}

/**
 * The booking page: browsers always revalidate it, and get 304 when it has not changed.
 */
function serveWeb(fastify: FastifyInstance, root: string): void {
  void fastify.register(fastifyStatic, {
    root,
    cacheControl: false,
    setHeaders: (reply) => {
      reply.headers({ 'cache-control': OF_PAGE, 'content-security-policy': PAGE_POLICY });
    },
  });
}
