import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OutcomeUnknown } from '../../commands/shared/append-once.js';
import { MailboxFull, TooManyConflicts } from '../../commands/seat-inventory/writer/outcome.js';
import { PaymentContended } from '../../commands/payment/payments.js';
import { AmbiguousAppend, EventStoreUnavailable } from '../../ports/event-store/event-store.js';
import { LogReplaced } from '../../ports/event-store/log-identity.js';
import { AdmissionsFull, AdmissionsUnreachable } from '../../ports/waiting-room/admissions.js';
import { PaymentOutcomeUnknown } from '../../ports/payment/payment-gateway.js';
import { InvalidCursor } from '../../read-models/event/events-queries.js';
import './rejected-requests.js';
import { problemKind, type ProblemCode } from './table/problem-table.js';
import { Problem, problemBody, problemHeaders } from './problems.js';
import { schemaErrors, type SchemaError } from './schema-errors.js';

const logger = new Logger('Http');

/** Answers a problem without a throw: on a busy sale most requests end here. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  code: ProblemCode,
  members?: Readonly<Record<string, unknown>>,
): FastifyReply {
  request.problemCode = code;
  return reply
    .code(problemKind(code).status)
    .headers(problemHeaders(code))
    .send(JSON.stringify(problemBody(code, pathOf(request), members)));
}

/**
 * Returns the path of the request. A query may have data that must not appear in an answer or a log
 * line.
 */
export function pathOf(request: FastifyRequest): string {
  const { url } = request;
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/**
 * Answers a problem to a payment that abuse protection rejects: some codes have a different status
 * there.
 */
export function sendPaymentProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  code: ProblemCode,
  members: Readonly<Record<string, unknown>>,
): FastifyReply {
  request.problemCode = code;
  const { retryAfterSeconds } = members;
  return reply
    .code(problemKind(code).whenPaying?.status ?? problemKind(code).status)
    .headers(problemHeaders(code))
    .headers(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) })
    .send(JSON.stringify(problemBody(code, pathOf(request), members, true)));
}

/** Answers every error of a request as a problem, whether a handler, Fastify or Nest throws it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent || reply.raw.headersSent) return void reply.raw.destroy();
    answerError(error, request, reply);
  }
}

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { code, members } = problemOf(error, request);
  if (code === 'internal-error') {
    logger.error({
      requestId: request.id,
      method: request.method,
      path: pathOf(request),
      error: textOf(error),
    });
  } else if (problemKind(code).status >= 500 && code !== 'log-replaced') {
    logger.warn(
      `${request.method} ${pathOf(request)} ${request.id}: ${code}: ${messagesOf(error)}`,
    );
  }
  sendProblem(request, reply, code, members);
}

const textOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

function messagesOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messagesOf(error.cause)}`;
}

interface ProblemToAnswer {
  readonly code: ProblemCode;
  readonly members?: Readonly<Record<string, unknown>>;
}

/** Problems of the errors that ports and commands throw. */
const CODES_OF_ERRORS: readonly (readonly [
  type: abstract new (...args: never) => Error,
  code: ProblemCode,
])[] = [
  [MailboxFull, 'mailbox-full'],
  [TooManyConflicts, 'too-many-conflicts'],
  [PaymentContended, 'too-many-conflicts'],
  [OutcomeUnknown, 'outcome-unknown'],
  [AmbiguousAppend, 'outcome-unknown'],
  [LogReplaced, 'log-replaced'],
  [EventStoreUnavailable, 'event-store-unavailable'],
  [AdmissionsFull, 'waiting-room-full'],
  [AdmissionsUnreachable, 'waiting-room-unavailable'],
  [PaymentOutcomeUnknown, 'payment-outcome-unknown'],
  [InvalidCursor, 'cursor-invalid'],
];

function problemOf(error: unknown, request: FastifyRequest): ProblemToAnswer {
  if (error instanceof Problem) return error;
  const known = CODES_OF_ERRORS.find(([type]) => error instanceof type);
  if (known) return { code: known[1] };
  const problem = serverProblem(error, request);
  return problem ?? { code: 'internal-error', members: { requestId: request.id } };
}

/** Returns the problem of an error that comes from Fastify, Nest or the database. */
function serverProblem(error: unknown, request: FastifyRequest): ProblemToAnswer | undefined {
  const { code, validation, validationContext } = causeOf(error);
  if (validation) {
    const errors = schemaErrors(validation, validationContext ?? 'body', request);
    return { code: 'validation-failed', members: { errors } };
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return { code: 'body-too-large', members: { limitBytes: request.routeOptions.bodyLimit } };
  }
  if (typeof code === 'string' && Object.hasOwn(FASTIFY_CODES, code))
    return { code: FASTIFY_CODES[code]! };
  if (isDatabaseUnavailable(error, code)) return { code: 'read-model-unavailable' };
  if (isBodyError(error, code)) return { code: 'body-malformed' };
  return urlProblem(error);
}

/** Returns the problem of a client error that is not about the body. */
function urlProblem(error: unknown): ProblemToAnswer | undefined {
  const status = error instanceof HttpException ? error.getStatus() : causeOf(error).statusCode;
  if (status === undefined || status < 400 || status >= 500) return undefined;
  // An unknown route, a path outside the folder of the page, or invalid encoding.
  return { code: status === 400 ? 'url-malformed' : 'not-found' };
}

/** Returns whether Fastify (`FST_ERR_CTP_…`) or the JSON parser could not read the body. */
function isBodyError(error: unknown, code: unknown): boolean {
  if (typeof code === 'string') return code.startsWith('FST_ERR_CTP_');
  const cause = error instanceof HttpException ? error.cause : error;
  return cause instanceof SyntaxError && causeOf(error).statusCode === 400;
}

/** Problems of Fastify's error codes. */
const FASTIFY_CODES: Record<string, ProblemCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media-type-unsupported',
  FST_ERR_BAD_URL: 'url-malformed',
  FST_ERR_MAX_PARAM_LENGTH: 'url-malformed',
};

/**
 * Errors of an unavailable database: codes of Node and of Postgres (classes 08 connection, 53
 * resources, 57 operator intervention, a canceled statement, lock timeout, deadlock); and messages
 * of the client, which has no codes for a timeout or a lost connection.
 */
const DATABASE_UNAVAILABLE = {
  node: /^(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND)$/,
  postgres: /^(?:08\w{3}|53\w{3}|57P\d\d|57014|55P03|40P01)$/,
  message: /^(?:timeout exceeded when trying to connect|Query read timeout|Connection terminated)/,
};

const isDatabaseUnavailable = (error: unknown, code: unknown): boolean =>
  typeof code === 'string'
    ? DATABASE_UNAVAILABLE.node.test(code) || DATABASE_UNAVAILABLE.postgres.test(code)
    : error instanceof Error && DATABASE_UNAVAILABLE.message.test(error.message);

interface ServerError {
  readonly code?: unknown;
  readonly statusCode?: number;
  readonly validation?: readonly SchemaError[];
  readonly validationContext?: string;
}

/** Nest wraps what Fastify throws. */
function causeOf(error: unknown): ServerError {
  if (error instanceof HttpException && error.cause) return error.cause as ServerError;
  return (error ?? {}) as ServerError;
}
