import fastifyStatic from '@fastify/static';
import { NestFactory } from '@nestjs/core';
import { applyRouteSettings } from './access.js';
import { closeConnectionsAtTheEnd } from './connections.js';
import { HEADERS_MS, httpAdapter } from './fastify-options.js';
import { serveOpenApi } from './openapi.js';
import { ProblemFilter } from './problem-replies.js';
import { DOCS_POLICY, PAGE_POLICY, SAFE_HEADERS } from './safe-headers.js';
import { HTTP_SETTINGS, METRICS, TOKEN_VERIFIER } from './tokens.js';
/**
 * The application with its HTTP layer: `await app.listen(port, host)` is all that is left to do.
 * `module` imports `HttpModule`, and binds what its comment lists.
 */ export async function createHttpApplication(module, options = {}) {
    const app = await NestFactory.create(module, httpAdapter(), {
        ...options,
        bodyParser: false
    });
    const fastify = app.getHttpAdapter().getInstance();
    const verifier = app.get(TOKEN_VERIFIER);
    const metrics = app.get(METRICS);
    const { shutdownSeconds, webFolder } = app.get(HTTP_SETTINGS);
    fastify.server.headersTimeout = HEADERS_MS;
    fastify.removeContentTypeParser('text/plain');
    takeJson(fastify);
    fastify.decorateRequest('account', null);
    fastify.addHook('onRoute', (route)=>{
        applyRouteSettings(route, verifier);
        metrics.time(route);
    });
    sendSafeHeaders(fastify);
    closeConnectionsAtTheEnd(fastify, shutdownSeconds);
    app.useGlobalFilters(new ProblemFilter());
    serveOpenApi(app);
    if (webFolder !== undefined) serveWeb(fastify, webFolder);
    return app;
}
/**
 * JSON, or nothing: many clients name the type of a body also where they send none, as in a DELETE. What needs a body
 * finds that it has none.
 */ function takeJson(fastify) {
    const parse = fastify.getDefaultJsonParser('error', 'error');
    fastify.removeContentTypeParser('application/json');
    fastify.addContentTypeParser('application/json', {
        parseAs: 'string'
    }, (request, body, done)=>{
        if (body === '') done(null);
        else void parse(request, body, done);
    });
}
function sendSafeHeaders(fastify) {
    const ofDocs = {
        ...SAFE_HEADERS,
        'content-security-policy': DOCS_POLICY
    };
    const ofApi = {
        ...SAFE_HEADERS,
        'cache-control': 'no-store'
    };
    fastify.addHook('onRequest', ({ url }, reply, done)=>{
        reply.headers(url.startsWith('/v1/') ? ofApi : url.startsWith('/docs') ? ofDocs : SAFE_HEADERS);
        done();
    });
}
/** The booking page: always asked for anew, answered 304 when it has not changed. */ function serveWeb(fastify, root) {
    void fastify.register(fastifyStatic, {
        root,
        cacheControl: false,
        setHeaders: (reply)=>{
            reply.headers({
                'cache-control': 'no-cache',
                'content-security-policy': PAGE_POLICY
            });
        }
    });
}

//# sourceMappingURL=application.js.map