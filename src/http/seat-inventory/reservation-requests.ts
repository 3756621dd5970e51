import type { FastifyRequest } from 'fastify';
import { nfc } from '../../domain/shared/text.js';
import type { Randomness } from '../../ports/system/randomness.js';
import { PROOF_HEADER } from '../abuse/protection.js';
import { accountOf } from '../account/access.js';
import { CUSTOMER } from '../account/accounts.js';
import type { PaymentRequest } from '../payment/pay-for-reservation.js';
import { contextOf } from '../platform/command-context.js';
import type { ProblemCode } from '../problems/table/problem-table.js';
import { isId } from '../validation/rules.js';
import { PASS_HEADER } from '../waiting-room/pass-check.js';
import type { HoldRequest } from './hold-seats.js';
import type { ConfirmBody, ReserveBody } from './reservation-schemas.js';

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

type OfEvent = { Params: { eventId: string } };
type OfReservation = { Params: { eventId: string; reservationId: string } };

export type ReserveHttpRequest = FastifyRequest<OfEvent & { Body: ReserveBody }>;
export type ConfirmHttpRequest = FastifyRequest<OfReservation & { Body: ConfirmBody }>;

/**
 * Reads a request for a hold. Its body is validated already.
 * @returns the code of the problem with its path or headers
 */
export function readHoldRequest(
  request: ReserveHttpRequest,
  randomness: Randomness,
): HoldRequest | ProblemCode {
  const { headers, ip, params, body } = request;
  const idempotencyKey = headers['idempotency-key'];
  if (idempotencyKey === undefined || idempotencyKey === '') return 'idempotency-key-missing';
  if (typeof idempotencyKey !== 'string' || !IDEMPOTENCY_KEY.test(idempotencyKey))
    return 'idempotency-key-invalid';
  if (!isId(params.eventId)) return 'event-not-found';
  return {
    eventId: params.eventId,
    account: accountOf(request),
    idempotencyKey,
    selection: normalized(body),
    address: ip,
    pass: headers[PASS_HEADER],
    proof: headers[PROOF_HEADER],
    context: contextOf(request, CUSTOMER, randomness),
  };
}

/**
 * Reads a payment. Its body is validated already.
 * @returns the code of the problem with its path
 */
export function readPaymentRequest(
  request: ConfirmHttpRequest,
  randomness: Randomness,
): PaymentRequest | ProblemCode {
  const { headers, ip, params, body } = request;
  if (!isId(params.eventId)) return 'event-not-found';
  if (!isId(params.reservationId)) return 'reservation-not-found';
  return {
    eventId: params.eventId,
    reservationId: params.reservationId,
    account: accountOf(request),
    token: body.payment?.token,
    email: body.email,
    address: ip,
    proof: headers[PROOF_HEADER],
    context: contextOf(request, CUSTOMER, randomness),
  };
}

/**
 * Returns the body in Unicode NFC, as `validated` does for other routes: digests and seat locks
 * compare strings.
 */
function normalized(body: ReserveBody): ReserveBody {
  if ('seatIds' in body) return { seatIds: body.seatIds.map(nfc) };
  const { category } = body.bestAvailable;
  return category === undefined
    ? body
    : { bestAvailable: { ...body.bestAvailable, category: nfc(category) } };
}
