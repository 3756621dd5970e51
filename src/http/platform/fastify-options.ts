import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { answerError } from '../problems/problem-replies.js';
import { problemKind, type ProblemCode } from '../problems/problem-table.js';
import { problemBody, problemHeaders } from '../problems/problems.js';
import { isEmailAddress } from '../validation/rules.js';

/** Bytes of a body, unless the route allows more. */
export const BODY_LIMIT = 64 * 1024;
/** A connection without a request is closed after this; longer than the 60 s of common load balancers. Milliseconds. */
const KEEP_ALIVE_MS = 65_000;
/** A connection on which nothing moves is closed, also one whose client takes no more of its answer. Milliseconds. */
const STILL_MS = 75_000;
/** For a whole request to arrive: a large seating plan over a slow line. Milliseconds. */
const REQUEST_MS = 120_000;
/** For the headers of a request to arrive. Milliseconds. */
export const HEADERS_MS = 70_000;
/** Characters of one part of a path. */
const MAX_PARAM_LENGTH = 200;
/** A correlation id that a caller may choose for a request. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/**
 * Connections that may wait to be accepted; the kernel caps it (`net.core.somaxconn`, 4,096 by default). With Node's 511
 * the connections of a crowd that comes at once are dropped, and tried again by their kernels after seconds.
 */
const BACKLOG = 8_192;

class CrowdAdapter extends FastifyAdapter {
  override listen(port: string | number, hostOrCallback?: unknown, callback?: () => void): void {
    const options = { port: Number(port), backlog: BACKLOG };
    if (typeof hostOrCallback === 'string')
      this.getInstance().listen({ ...options, host: hostOrCallback }, callback!);
    else this.getInstance().listen(options, hostOrCallback as () => void);
  }
}

/** Fastify as the API needs it: nothing is coerced, every refusal is a problem, requests are never cut at shutdown. */
export function httpAdapter(trustedProxies: readonly string[] = []): FastifyAdapter {
  return new CrowdAdapter({
    bodyLimit: BODY_LIMIT,
    ...(trustedProxies.length > 0 && { trustProxy: [...trustedProxies] }),
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionTimeout: STILL_MS,
    requestTimeout: REQUEST_MS,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    return503OnClosing: false,
    genReqId,
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: false,
      },
      onCreate: (ajv) => void ajv.addFormat('email', { type: 'string', validate: isEmailAddress }),
    },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      answerError(error, request, reply);
    },
    clientErrorHandler: answerClientError,
    skipMiddie: true,
  });
}

function genReqId({ headers }: IncomingMessage): string {
  const chosen = headers['x-request-id'];
  return typeof chosen === 'string' && REQUEST_ID.test(chosen) ? chosen : randomUUID();
}

/** What Node could not even read as a request. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) return void socket.destroy();
  const code = codeOf(error);
  const body = JSON.stringify(problemBody(code, ''));
  const headers = {
    ...problemHeaders(code),
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(
    [`HTTP/1.1 ${problemKind(code).status} ${problemKind(code).title}`, ...lines, '', body].join(
      '\r\n',
    ),
  );
}

function codeOf({ code }: NodeJS.ErrnoException): ProblemCode {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request-timeout';
  return code === 'HPE_HEADER_OVERFLOW' ? 'headers-too-large' : 'request-malformed';
}
