import type { FastifyReply } from 'fastify';
import type { Reservation } from '../../domain/seat-inventory/state/reservation.js';
import type { PaymentStatus, PaymentView } from '../../read-models/payment/payments-queries.js';
import type { ReservationView } from '../../read-models/seat-inventory/reservations.js';
import { EXAMPLE } from '../openapi/example-ids.js';
import { Field, ListField, ObjectField } from '../openapi/fields.js';
import type { PaymentRequest, PaymentResult } from '../payment/pay-for-reservation.js';
import { MoneyAnswer } from '../payment/payment-answers.js';
import { TicketAnswer } from '../ticket/ticket-answers.js';

export class ReservationFields {
  @Field(EXAMPLE.reservationId) readonly reservationId!: string;
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field(EXAMPLE.seatIds) readonly seatIds!: readonly string[];
  @Field('held') readonly status!: Reservation['status'];
  @Field('2026-01-15T10:10:03.120Z') readonly expiresAt!: string;
  @Field(600, { description: '0 unless the reservation is held' }) readonly secondsLeft!: number;
  @ObjectField(() => MoneyAnswer) readonly total!: MoneyAnswer;
  @Field(12) readonly revision!: number;
}

class LastPayment {
  @Field('failed') readonly status!: PaymentStatus;
  @Field('declined', { optional: true }) readonly reason?: string;
}

export class ReservationAnswer extends ReservationFields {
  @ListField(() => TicketAnswer, { optional: true, description: 'Once confirmed' })
  readonly tickets?: readonly TicketAnswer[];
  @ObjectField(() => LastPayment, { optional: true, description: 'The last payment' })
  readonly payment?: LastPayment;
}

export class OwnReservations {
  @ListField(() => ReservationFields) readonly reservations!: readonly ReservationFields[];
}

export class ConfirmedAnswer {
  @Field(EXAMPLE.reservationId) readonly reservationId!: string;
  @Field('confirmed') readonly status!: 'confirmed';
  @ListField(() => TicketAnswer) readonly tickets!: readonly TicketAnswer[];
  @ObjectField(() => MoneyAnswer) readonly total!: MoneyAnswer;
  @Field(14) readonly revision!: number;
}

const JSON_TYPE = 'application/json; charset=utf-8';
/** Seconds that a client waits before it queries a pending payment. */
const RETRY_AFTER_SECONDS = '1';

/** Whole seconds until a hold may end, rounded up; 0 for a reservation that is no longer held. */
function secondsLeft(status: Reservation['status'], expiresAt: number, now: number): number {
  return status === 'held' ? Math.max(0, Math.ceil((expiresAt - now) / 1_000)) : 0;
}

/**
 * Describes a reservation as the writer has it right after the command.
 * @param now milliseconds since the epoch
 */
export function heldAnswer(
  eventId: string,
  reservation: Reservation,
  revision: bigint,
  now: number,
): ReservationFields {
  const { id, seatIds, status, expiresAt, total } = reservation;
  return {
    reservationId: id,
    eventId,
    seatIds,
    status,
    expiresAt: new Date(expiresAt).toISOString(),
    secondsLeft: secondsLeft(status, expiresAt, now),
    total,
    revision: Number(revision),
  };
}

/** Describes a reservation as the read model has it. @param now milliseconds since the epoch */
export function reservationAnswer(view: ReservationView, now: number): ReservationFields {
  const { reservationId, eventId, seatIds, status, expiresAt, total, revision } = view;
  return {
    reservationId,
    eventId,
    seatIds,
    status,
    expiresAt,
    secondsLeft: secondsLeft(status, Date.parse(expiresAt), now),
    total,
    revision,
  };
}

/** Describes the last attempt to pay; empty before the first. */
export function paymentAnswer(view: PaymentView | undefined): Pick<ReservationAnswer, 'payment'> {
  if (!view) return {};
  const { status, failure } = view;
  return { payment: { status, ...(failure !== null && { reason: failure }) } };
}

export function sendConfirmed(
  reply: FastifyReply,
  { reservation, tickets, revision }: Extract<PaymentResult, { status: 'confirmed' }>,
): void {
  const { id: reservationId, status, total } = reservation;
  const answer: ConfirmedAnswer = {
    reservationId,
    status,
    tickets,
    total,
    revision: Number(revision),
  };
  reply.code(200).header('content-type', JSON_TYPE).send(JSON.stringify(answer));
}

export function sendPending(
  reply: FastifyReply,
  { eventId, reservationId }: Pick<PaymentRequest, 'eventId' | 'reservationId'>,
): void {
  reply
    .code(202)
    .header('content-type', JSON_TYPE)
    .header('location', `/v1/events/${eventId}/reservations/${reservationId}`)
    .header('retry-after', RETRY_AFTER_SECONDS)
    .send(JSON.stringify({ reservationId, status: 'payment-pending' }));
}
