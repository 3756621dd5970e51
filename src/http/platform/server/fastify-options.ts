import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { answerError } from '../../problems/problem-replies.js';
import { problemKind, type ProblemCode } from '../../problems/table/problem-table.js';
import { problemBody, problemHeaders } from '../../problems/problems.js';
import { isEmailAddress } from '../../validation/rules.js';

/** Default limit of a body. Bytes. */
export const BODY_LIMIT = 64 * 1024;
/**
 * An idle connection is closed after this; longer than the 60 s of common load balancers.
 * Milliseconds.
 */
const KEEP_ALIVE_MS = 65_000;
/**
 * A connection without traffic is closed, also while its client does not read the answer.
 * Milliseconds.
 */
const CONNECTION_MS = 75_000;
/** Limit for a whole request to arrive: a large seating plan over a slow line. Milliseconds. */
const REQUEST_MS = 120_000;
/** Limit for the headers of a request to arrive. Milliseconds. */
export const HEADERS_MS = 70_000;
/** Characters of one part of a path. */
const MAX_PARAM_LENGTH = 200;
/** Request ids that a caller may choose with `X-Request-Id`. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/**
 * Connections that may wait to be accepted; the kernel caps it (`net.core.somaxconn`, 4,096 by
 * default). With Node's 511 many connections that arrive at once are dropped, and their clients
 * retry only after seconds.
 */
const BACKLOG = 8_192;

class BacklogAdapter extends FastifyAdapter {
  override listen(port: string | number, hostOrCallback?: unknown, callback?: () => void): void {
    const options = { port: Number(port), backlog: BACKLOG };
    if (typeof hostOrCallback === 'string')
      this.getInstance().listen({ ...options, host: hostOrCallback }, callback!);
    else this.getInstance().listen(options, hostOrCallback as () => void);
  }
}

/**
 * Returns the Fastify adapter: nothing is coerced, every error is a problem, requests are not cut
 * at shutdown.
 */
export function httpAdapter(trustedProxies: readonly string[] = []): FastifyAdapter {
  return new BacklogAdapter({
    bodyLimit: BODY_LIMIT,
    ...(trustedProxies.length > 0 && { trustProxy: [...trustedProxies] }),
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionTimeout: CONNECTION_MS,
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

/** Answers a request that Node could not parse. */
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
  const { status, title } = problemKind(code);
  socket.end([`HTTP/1.1 ${status} ${title}`, ...lines, '', body].join('\r\n'));
}

function codeOf({ code }: NodeJS.ErrnoException): ProblemCode {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request-timeout';
  return code === 'HPE_HEADER_OVERFLOW' ? 'headers-too-large' : 'request-malformed';
}
