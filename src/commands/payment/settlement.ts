import { returnedSeats } from '../../domain/seat-inventory/exchange.js';
import {
  isConfirmed,
  turnedDownReason,
  wasBoughtWith,
  type Reservation,
} from '../../domain/seat-inventory/reservation.js';
import type { SaleChange } from '../../domain/seat-inventory/commands.js';
import type {
  OweRefund,
  PaymentCommand,
  PaymentRejection,
  RecordCapture,
  RecordRefund,
} from '../../domain/payment/decide.js';
import { decidePayment } from '../../domain/payment/decide.js';
import {
  refundKeyOf,
  type HeardBy,
  type PaymentPurpose,
  type RefundReason,
} from '../../domain/payment/events.js';
import {
  isGivenUp,
  openRefunds,
  pendingAttempt,
  unsettledCaptures,
  type Attempt,
  type Capture,
  type Payment,
  type StartedPayment,
} from '../../domain/payment/state.js';
import type { Clock } from '../../ports/system/clock.js';
import {
  RefundRefused,
  type Charge,
  type ChargeRequest,
  type PaymentGateway,
} from '../../ports/payment/payment-gateway.js';
import { OutcomeUnknown } from '../shared/append-once.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import type { Outcome } from '../seat-inventory/writer/outcome.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';
import type { Payments } from './payments.js';
import type { TicketVoids } from '../ticket/ticket-voids.js';

/**
 * A charge that has taken no money this long after the hold's end is withdrawn, and the attempt is abandoned. Longer than a
 * call to the provider may take. Milliseconds.
 */
const GIVE_UP_AFTER_MS = 60_000;

/** Where the news of a charge came from. */
export interface Heard {
  readonly by: HeardBy;
  readonly noticeId: string | null;
}

export type Settled =
  | { readonly accepted: true; readonly payment: StartedPayment; readonly inventory?: Outcome }
  | { readonly accepted: false; readonly rejection: PaymentRejection };

/** Turns what a provider says into seats or refunds. Every step may be repeated, by anybody, at any time. */
export interface Settlement {
  /** Writes down where a charge stands; for a capture, seats are sold or a refund is owed in the same breath. */
  heard(
    payment: StartedPayment,
    attempt: number,
    charge: Charge,
    heard: Heard,
    context: CommandContext,
  ): Promise<Settled>;
  /** Records the state of a refund. */
  refundHeard(
    payment: StartedPayment,
    news: Pick<RecordRefund, 'refundId' | 'try' | 'outcome'>,
    context: CommandContext,
  ): Promise<Settled>;
  /**
   * Does whatever is left to do for a reservation's money: asks the provider about a charge that is silent since
   * `silentSince`, settles captures, owes what an undone or exchanged sale gives back, and pays back what is owed.
   * @param silentSince milliseconds since the epoch: younger charges are left alone
   * @param retryGivenUp requested by an operator: refunds that have failed too often are tried once more
   * @throws PaymentOutcomeUnknown, RefundRefused after everything else has been done
   */
  advance(
    reservationId: string,
    silentSince: number,
    context: CommandContext,
    retryGivenUp?: boolean,
  ): Promise<Payment>;
}

export interface SettlementParts {
  readonly payments: Payments;
  readonly writers: InventoryWriters;
  readonly voids: TicketVoids;
  readonly gateway: PaymentGateway;
  readonly clock: Clock;
}

/** Under which a payment of the sale `reservationId`, undone for `reason`, is paid back: once, whoever finds out. */
export const refundIdOf = (
  reservationId: string,
  reference: string,
  reason: RefundReason | 'undone',
): string => derivedId('refund', reservationId, reference, reason);

/** The same for what the sale's exchange of this number, from 1, has left over of one payment. */
export const exchangeRefundIdOf = (
  reservationId: string,
  reference: string,
  exchange: number,
): string => derivedId('refund', reservationId, reference, `exchange ${exchange}`);

/** The request of one attempt, the same each time it is sent. */
export function chargeRequest(
  { eventId, reservationId }: StartedPayment,
  attempt: Attempt,
): ChargeRequest {
  const { number, idempotencyKey, token, amount, holdExpiresAt, requestedAt } = attempt;
  return {
    ...{ idempotencyKey, token, amount, holdExpiresAt },
    about: { eventId, reservationId, attempt: number },
    requestedAt: new Date(requestedAt).toISOString(),
  };
}

export function openSettlement({
  payments,
  writers,
  voids,
  gateway,
  clock,
}: SettlementParts): Settlement {
  /** The inventory decides, once and for all, whether a payment buys seats: those reserved, or others in exchange. */
  const decideSeats = (payment: StartedPayment, taken: Taken, context: CommandContext) => {
    const { reservationId, eventId } = payment;
    const { reference } = taken;
    const purpose = purposeOf(payment, taken);
    if (purpose.type === 'exchange') return decideExchange(payment, taken, purpose, context);
    return writers.execute(
      eventId,
      {
        type: 'SettlePayment',
        ...{ reservationId, customerId: null, paymentReference: reference, now: clock.now() },
      },
      { ...context, commandId: derivedId(context.commandId, 'settle', reference) },
    );
  };

  /** Voids the tickets of the returned seats first. If one of them was checked in, the payment is rejected. */
  const decideExchange = async (
    { eventId, reservationId }: StartedPayment,
    { reference, amount }: Taken,
    { seatIds, force = false }: Extract<PaymentPurpose, { type: 'exchange' }>,
    context: CommandContext,
  ): Promise<Outcome> => {
    const named = { reservationId, customerId: null };
    const commandId = (name: string) => derivedId(context.commandId, name, reference);
    const payment = { reference, amount };
    const ask = (change: SaleChange) =>
      writers.execute(
        eventId,
        { type: 'ExchangeSeats', ...named, seatIds, payment, change, now: clock.now() },
        { ...context, commandId: commandId('settle') },
      );
    const isDecided = (reservation: Reservation) =>
      wasBoughtWith(reservation, reference) ||
      turnedDownReason(reservation, reference) !== undefined;
    const takesBack = (reservation: Reservation) =>
      isConfirmed(reservation) && !isDecided(reservation)
        ? returnedSeats(reservation, seatIds)
        : [];
    const asked = {
      id: reference,
      eventId,
      reservationId,
      reason: 'exchanged',
      force,
      takesBack,
      ask,
    } as const;
    const outcome = await voids.change(asked, context);
    if (outcome.accepted || outcome.rejection.code !== 'ticket-already-redeemed')
      return outcome as Outcome;
    await writers.execute(
      eventId,
      { type: 'WithdrawSaleChange', ...named, changeId: reference, now: clock.now() },
      { ...context, commandId: commandId('withdraw') },
    );
    return ask({ id: reference, voidedSeatIds: [] });
  };

  const settleCapture = async (
    payment: StartedPayment,
    taken: Taken,
    context: CommandContext,
    capture?: RecordCapture,
  ): Promise<Settled> => {
    const { reference } = taken;
    const inventory = await decideSeats(payment, taken, context);
    const what = consequence(payment.reservationId, reference, inventory, clock.now());
    const commands: PaymentCommand[] = capture ? [capture, ...what] : what;
    const written = await payments.write(payment.reservationId, commands, context);
    return written.accepted ? { accepted: true, payment: written.payment!, inventory } : written;
  };

  const heard: Settlement['heard'] = async (
    payment,
    attempt,
    charge,
    { by, noticeId },
    context,
  ) => {
    const now = clock.now();
    if (charge.status === 'pending') return { accepted: true, payment };
    if (charge.status === 'failed') {
      const failure = { type: 'RecordFailure', attempt, reason: charge.reason, now } as const;
      const written = await payments.write(payment.reservationId, [failure], context);
      return written.accepted ? { accepted: true, payment: written.payment! } : written;
    }
    const { reference, amount } = charge;
    const capture = {
      type: 'RecordCapture',
      attempt,
      reference,
      amount,
      heardBy: by,
      noticeId,
      now,
    } as const;
    // Seats are sold for what was asked for only, so look before the inventory decides.
    const acceptable = decidePayment(capture, payment);
    if (!acceptable.accepted) return acceptable;
    return settleCapture(payment, capture, context, capture);
  };

  const inquire = async (payment: StartedPayment, attempt: Attempt, context: CommandContext) => {
    const { number } = attempt;
    const request = chargeRequest(payment, attempt);
    const inquired = { by: 'inquiry', noticeId: null } as const;
    const found = await gateway.find(request);
    if (found) return heard(payment, number, found, inquired, context);
    const holdEnd = Date.parse(attempt.holdExpiresAt);
    if (clock.now() < holdEnd) {
      const charge = await gateway.charge(request);
      return heard(payment, number, charge, { by: 'answer', noticeId: null }, context);
    }
    // After this point no request that could take money is sent.
    if (clock.now() < Math.max(holdEnd, attempt.requestedAt) + GIVE_UP_AFTER_MS) return;
    const standing = await gateway.withdraw(request);
    if (standing) return heard(payment, number, standing, inquired, context);
    const givenUp = {
      type: 'RecordFailure',
      attempt: number,
      reason: 'abandoned',
      now: clock.now(),
    } as const;
    return payments.write(payment.reservationId, [givenUp], context);
  };

  /** A sale that was undone owes everything that is still kept for it; cheaper seats in exchange, the difference. */
  const oweWhatWasUndone = async (payment: StartedPayment, context: CommandContext) => {
    const kept = payment.captures.filter(isKept);
    if (kept.length === 0) return;
    const asked = await decideSeats(payment, kept[0]!, context);
    const reservation = asked.accepted ? asked.reservation : undefined;
    if (!reservation) return;
    const owed =
      reservation.status === 'refunded'
        ? kept.map(({ reference }) => undoneRefund(reservation, reference, clock.now()))
        : differences(reservation, clock.now());
    await payments.write(payment.reservationId, owed, context);
  };

  const payBack = async (
    payment: StartedPayment,
    retryGivenUp: boolean,
    context: CommandContext,
  ) => {
    const { eventId, reservationId } = payment;
    let failure: unknown;
    for (const refund of openRefunds(payment)) {
      if (isGivenUp(refund) && !retryGivenUp) continue;
      const { refundId, reference, amount, try: number } = refund;
      const idempotencyKey = refundKeyOf(refundId, number);
      const about = { eventId, reservationId };
      try {
        const outcome = await gateway.refund({ idempotencyKey, about, reference, amount });
        await refundHeard(payment, { refundId, try: number, outcome }, context);
      } catch (error) {
        // A refund that the provider refuses must not delay the others.
        failure ??= error;
        if (error instanceof OutcomeUnknown) break;
      }
    }
    if (failure !== undefined) throw failure as Error;
  };

  const refundHeard: Settlement['refundHeard'] = async ({ reservationId }, news, context) => {
    const command = { type: 'RecordRefund', ...news, now: clock.now() } as const;
    const written = await payments.write(reservationId, [command], context);
    return written.accepted ? { accepted: true, payment: written.payment! } : written;
  };

  const advance: Settlement['advance'] = async (
    reservationId,
    silentSince,
    context,
    retryGivenUp = false,
  ) => {
    let failure: unknown;
    const step = async (work: (payment: StartedPayment) => Promise<unknown>) => {
      // What the log holds is unknown until that append has ended: decide nothing upon it now.
      if (failure instanceof OutcomeUnknown) return;
      const payment = await payments.load(reservationId);
      if (!payment) return;
      await work(payment).catch((error: unknown) => (failure ??= error));
    };
    await step(async (payment) => {
      const pending = pendingAttempt(payment);
      if (pending && pending.requestedAt <= silentSince) await inquire(payment, pending, context);
    });
    await step(async (payment) => {
      for (const capture of unsettledCaptures(payment))
        await settleCapture(payment, capture, context);
    });
    await step((payment) => oweWhatWasUndone(payment, context));
    await step((payment) => payBack(payment, retryGivenUp, context));
    if (failure !== undefined) throw failure as Error;
    return payments.load(reservationId);
  };

  return { heard, refundHeard, advance };
}

export { RefundRefused };

/** Of a capture, what the inventory decides upon. */
type Taken = Pick<Capture, 'attempt' | 'reference' | 'amount'>;

function purposeOf({ attempts }: StartedPayment, { attempt }: Taken): PaymentPurpose {
  return attempts.find(({ number }) => number === attempt)!.purpose;
}

const isKept = ({ kept, amount, dueBack }: Capture): boolean =>
  kept && dueBack < amount.amountMinor;

/** What the inventory's decision means for the money. Where it has decided nothing, nothing follows: a person has to look. */
function consequence(
  reservationId: string,
  reference: string,
  outcome: Outcome,
  now: number,
): PaymentCommand[] {
  const reservation = outcome.accepted ? outcome.reservation : undefined;
  if (reservation && wasBoughtWith(reservation, reference)) {
    const kept: PaymentCommand = { type: 'KeepPayment', reference, now };
    return reservation.status === 'refunded'
      ? [kept, undoneRefund(reservation, reference, now)]
      : [kept];
  }
  const reason = reservation && turnedDownReason(reservation, reference);
  if (!reason) return [];
  return [
    {
      type: 'OweRefund',
      refundId: refundIdOf(reservationId, reference, reason),
      reference,
      reason,
      now,
    },
  ];
}

/** What every exchange of this sale has left over. */
function differences({ id, exchanges = [] }: Reservation, now: number): PaymentCommand[] {
  return exchanges.flatMap(({ dueBackMinor }, at) =>
    dueBackMinor === 0
      ? []
      : {
          type: 'OweDifference',
          amountMinor: dueBackMinor,
          refundIdOf: (reference) => exchangeRefundIdOf(id, reference, at + 1),
          now,
        },
  );
}

function undoneRefund(
  { id, refundReason }: Reservation,
  reference: string,
  now: number,
): OweRefund {
  const reason = refundReason ?? 'refunded-by-organizer';
  return {
    type: 'OweRefund',
    refundId: refundIdOf(id, reference, 'undone'),
    reference,
    reason,
    now,
  };
}
