import type { SaleChange } from '../../domain/seat-inventory/commands.js';
import { returnedSeats } from '../../domain/seat-inventory/decide/exchange.js';
import {
  isConfirmed,
  turnedDownReason,
  wasBoughtWith,
  type Reservation,
} from '../../domain/seat-inventory/state/reservation.js';
import type { PaymentPurpose } from '../../domain/payment/events.js';
import type { Capture, StartedPayment } from '../../domain/payment/state.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Outcome } from '../seat-inventory/writer/outcome.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import type { TicketVoids } from '../ticket/ticket-voids.js';

export interface SeatDecisionParts {
  readonly writers: InventoryWriters;
  readonly voids: TicketVoids;
  readonly clock: Clock;
}

/** The part of a capture that the inventory decides about. */
export type CapturedMoney = Pick<Capture, 'attempt' | 'reference' | 'amount'>;

type Exchange = Extract<PaymentPurpose, { type: 'exchange' }>;

/**
 * Lets the inventory decide whether a capture buys seats: those of the reservation, or others in an
 * exchange. The decision is final; asking again returns the same one.
 */
export function decideSeats(
  parts: SeatDecisionParts,
  payment: StartedPayment,
  capture: CapturedMoney,
  context: CommandContext,
): Promise<Outcome> {
  const { reservationId, eventId, attempts } = payment;
  const { reference } = capture;
  const { purpose } = attempts.find(({ number }) => number === capture.attempt)!;
  if (purpose.type === 'exchange') return decideExchange(parts, payment, capture, purpose, context);
  return parts.writers.execute(
    eventId,
    {
      type: 'SettlePayment',
      reservationId,
      customerId: null,
      paymentReference: reference,
      now: parts.clock.now(),
    },
    { ...context, commandId: derivedId(context.commandId, 'settle', reference) },
  );
}

/**
 * Voids the tickets of the returned seats first. If one of them was checked in, the exchange is
 * withdrawn.
 */
async function decideExchange(
  { writers, voids, clock }: SeatDecisionParts,
  { eventId, reservationId }: StartedPayment,
  payment: CapturedMoney,
  { seatIds, force = false }: Exchange,
  context: CommandContext,
): Promise<Outcome> {
  const { reference, amount } = payment;
  const target = { reservationId, customerId: null };
  const contextOf = (step: string) => ({
    ...context,
    commandId: derivedId(context.commandId, step, reference),
  });
  const ask = (change: SaleChange) =>
    writers.execute(
      eventId,
      {
        type: 'ExchangeSeats',
        ...target,
        seatIds,
        payment: { reference, amount },
        change,
        now: clock.now(),
      },
      contextOf('settle'),
    );
  const isDecided = (reservation: Reservation) =>
    wasBoughtWith(reservation, reference) || turnedDownReason(reservation, reference) !== undefined;
  const takesBack = (reservation: Reservation) =>
    isConfirmed(reservation) && !isDecided(reservation) ? returnedSeats(reservation, seatIds) : [];
  const outcome = await voids.change(
    { id: reference, eventId, reservationId, reason: 'exchanged', force, takesBack, ask },
    context,
  );
  if (outcome.accepted || outcome.rejection.code !== 'ticket-already-redeemed')
    return outcome as Outcome;
  await writers.execute(
    eventId,
    { type: 'WithdrawSaleChange', ...target, changeId: reference, now: clock.now() },
    contextOf('withdraw'),
  );
  return ask({ id: reference, voidedSeatIds: [] });
}
