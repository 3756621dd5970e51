import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RefusedAttempts } from '../../audit/refused-attempts.js';
import { isId } from '../validation/rules.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Code of the problem that was answered, if one was. */
    problemCode: string | null;
  }
}

/** Seats recorded for one request: a body may name more than an account may buy. */
const MAX_SEATS = 50;

/**
 * Records for auditors each request on an event that an account sent and that was answered with a
 * problem; reads are not recorded. The record is written after the answer, and dropped when too
 * many wait to be written.
 */
export function recordRejectedRequests(fastify: FastifyInstance, attempts: RefusedAttempts): void {
  fastify.decorateRequest('problemCode', null);
  fastify.addHook('onResponse', (request, _reply, done) => {
    if (request.problemCode !== null && request.account && request.method !== 'GET')
      record(request, attempts);
    done();
  });
}

function record(request: FastifyRequest, attempts: RefusedAttempts): void {
  const { eventId, reservationId } = request.params as { eventId?: string; reservationId?: string };
  if (!isId(eventId)) return;
  attempts.note({
    eventId,
    at: Date.now(),
    code: request.problemCode!,
    asked: `${request.method} ${request.routeOptions.url}`,
    accountId: request.account!.id,
    seatIds: seatIdsOf(request.body),
    reservationId: isId(reservationId) ? reservationId : null,
    ...request.client,
    correlationId: request.id,
  });
}

/** Returns the valid seat ids of a body that may be invalid in any other way. */
function seatIdsOf(body: unknown): string[] {
  const { seatIds } = (body ?? {}) as { seatIds?: unknown };
  return Array.isArray(seatIds) ? seatIds.slice(0, MAX_SEATS).filter(isId) : [];
}
