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
import { problemKind, type ProblemCode } from './problem-table.js';
import { Problem, problemBody, problemHeaders } from './problems.js';
import { pointerPart, REQUIRED, type FieldError } from '../validation/validate.js';

const logger = new Logger('Http');

/** Answers a refusal without a throw: on a busy sale most requests end here. */
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

/** The path that was asked for: a query may carry what does not belong into an answer or a log. */
export function pathOf(request: FastifyRequest): string {
  const { url } = request;
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/** The same for a payment stopped by abuse protection: some codes have a different status there. */
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

/** Whatever is thrown while a request is answered: by a handler, by Fastify, by Nest. */
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

interface Refusal {
  readonly code: ProblemCode;
  readonly members?: Readonly<Record<string, unknown>>;
}

function problemOf(error: unknown, request: FastifyRequest): Refusal {
  if (error instanceof Problem) return error;
  if (error instanceof MailboxFull) return { code: 'mailbox-full' };
  if (error instanceof TooManyConflicts || error instanceof PaymentContended)
    return { code: 'too-many-conflicts' };
  if (error instanceof OutcomeUnknown || error instanceof AmbiguousAppend)
    return { code: 'outcome-unknown' };
  if (error instanceof LogReplaced) return { code: 'log-replaced' };
  if (error instanceof EventStoreUnavailable) return { code: 'event-store-unavailable' };
  if (error instanceof AdmissionsFull) return { code: 'waiting-room-full' };
  if (error instanceof AdmissionsUnreachable) return { code: 'waiting-room-unavailable' };
  if (error instanceof PaymentOutcomeUnknown) return { code: 'payment-outcome-unknown' };
  if (error instanceof InvalidCursor) return { code: 'cursor-invalid' };
  return ofServer(error, request) ?? { code: 'internal-error', members: { requestId: request.id } };
}

/** Refusals of Fastify and Nest, and lost connections to the database. */
function ofServer(error: unknown, request: FastifyRequest): Refusal | undefined {
  const { code, validation, validationContext } = causeOf(error);
  if (validation) {
    const errors = schemaErrors(validation, validationContext, request);
    return { code: 'validation-failed', members: { errors } };
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return { code: 'body-too-large', members: { limitBytes: request.routeOptions.bodyLimit } };
  }
  if (typeof code === 'string' && Object.hasOwn(OF_SERVER, code)) return { code: OF_SERVER[code]! };
  if (isLostDatabase(error, code)) return { code: 'read-model-unavailable' };
  if (isOfBody(error, code)) return { code: 'body-malformed' };
  const status = error instanceof HttpException ? error.getStatus() : causeOf(error).statusCode;
  if (status === undefined || status < 400 || status >= 500) return undefined;
  // Every other error is in the address: an unknown route, a path outside the folder of the page, or invalid encoding.
  return { code: status === 400 ? 'url-malformed' : 'not-found' };
}

/** A body that Fastify could not take (`FST_ERR_CTP_…`) or JSON could not read. */
function isOfBody(error: unknown, code: unknown): boolean {
  if (typeof code === 'string') return code.startsWith('FST_ERR_CTP_');
  const cause = error instanceof HttpException ? error.cause : error;
  return cause instanceof SyntaxError && causeOf(error).statusCode === 400;
}

/** Error codes of Fastify. */
const OF_SERVER: Record<string, ProblemCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media-type-unsupported',
  FST_ERR_BAD_URL: 'url-malformed',
  FST_ERR_MAX_PARAM_LENGTH: 'url-malformed',
};

/**
 * Codes of Node and of Postgres (classes 08 connection, 53 resources, 57 operator, a statement that took too long) for a
 * database out of reach; and what the client says, without a code, when its own time is up or its connection has gone.
 */
const LOST_DATABASE = {
  code: /^(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|08\w{3}|53\w{3}|57P\d\d|57014|55P03|40P01)$/,
  message: /^(?:timeout exceeded when trying to connect|Query read timeout|Connection terminated)/,
};

const isLostDatabase = (error: unknown, code: unknown): boolean =>
  typeof code === 'string'
    ? LOST_DATABASE.code.test(code)
    : error instanceof Error && LOST_DATABASE.message.test(error.message);

interface ServerError {
  readonly code?: unknown;
  readonly statusCode?: number;
  /** Of Fastify's compiled schemas (ajv). */
  readonly validation?: readonly {
    instancePath: string;
    keyword?: string;
    message?: string;
    params?: Record<string, unknown>;
  }[];
  readonly validationContext?: string;
}

/** Nest wraps what Fastify throws. */
function causeOf(error: unknown): ServerError {
  if (error instanceof HttpException && error.cause) return error.cause as ServerError;
  return (error ?? {}) as ServerError;
}

function schemaErrors(
  validation: NonNullable<ServerError['validation']>,
  context = 'body',
  { body, routeOptions: { schema } }: FastifyRequest,
): FieldError[] {
  const { properties = {}, description = '' } = (schema?.body ?? {}) as Partial<BodySchema>;
  // None of the shapes that a body may have: why it is not each of them would only confuse.
  if (validation.some(({ keyword }) => keyword === 'oneOf')) {
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      return [{ path: '', message: 'must be an object' }];
    const unknown = Object.keys(body).find((name) => !Object.hasOwn(properties, name));
    if (unknown === undefined) return [{ path: '', message: description }];
    return [{ path: `/${pointerPart(unknown)}`, message: `is not known: ${description}` }];
  }
  return validation.map(({ instancePath, keyword, message = 'is not valid', params = {} }) => {
    const path = context === 'body' ? instancePath : `${context}${instancePath}`;
    const { missingProperty: missing, additionalProperty: unknown } = params;
    if (keyword === 'required' && typeof missing === 'string')
      return { path: `${path}/${pointerPart(missing)}`, message: REQUIRED };
    if (typeof unknown === 'string')
      return { path: `${path}/${pointerPart(unknown)}`, message: 'is not known' };
    if (keyword === 'format' && params.format === 'email')
      return { path, message: 'must be a mail address, such as alice@example.org' };
    const inWords = message
      .replace(/^must be (?=[aeiou])/, 'must be an ')
      .replace(/^must be (?=string)/, 'must be a ');
    return { path, message: inWords };
  });
}

interface BodySchema {
  readonly description: string;
  readonly properties: Readonly<Record<string, unknown>>;
}
