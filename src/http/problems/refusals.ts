import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RefusedAttempts } from '../../audit/refused-attempts.js';
import { isId } from '../validation/rules.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Code of the problem that was answered, if one was. */
    refusal: string | null;
  }
}

/** Seats of one attempt that are kept: a body may name more than anybody may buy. */
const MAX_SEATS = 50;

/** Whoever asks for something of an event and is refused is kept for the auditors: after the answer, and only if there is room. */
export function noteRefusals(fastify: FastifyInstance, attempts: RefusedAttempts): void {
  fastify.decorateRequest('refusal', null);
  fastify.addHook('onResponse', (request, _reply, done) => {
    if (request.refusal !== null && request.account && request.method !== 'GET')
      note(request, attempts);
    done();
  });
}

function note(request: FastifyRequest, attempts: RefusedAttempts): void {
  const { eventId, reservationId } = request.params as { eventId?: string; reservationId?: string };
  if (!isId(eventId)) return;
  attempts.note({
    eventId,
    at: Date.now(),
    code: request.refusal!,
    asked: `${request.method} ${request.routeOptions.url}`,
    accountId: request.account!.id,
    seatIds: seatsOf(request.body),
    reservationId: isId(reservationId) ? reservationId : null,
    ...request.client,
    correlationId: request.id,
  });
}

/** Whatever the body was refused for, what it says may be nonsense. */
function seatsOf(body: unknown): string[] {
  const { seatIds } = (body ?? {}) as { seatIds?: unknown };
  return Array.isArray(seatIds) ? seatIds.slice(0, MAX_SEATS).filter(isId) : [];
}
