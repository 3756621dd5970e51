import type {
  PaymentRejection,
  RecordCapture,
  RecordRefund,
} from '../../domain/payment/commands.js';
import { decidePayment } from '../../domain/payment/decide.js';
import { refundKeyOf, type HeardBy } from '../../domain/payment/events.js';
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
import type { Charge, ChargeRequest, PaymentGateway } from '../../ports/payment/payment-gateway.js';
import { OutcomeUnknown } from '../shared/append-once.js';
import type { CommandContext } from '../shared/context.js';
import type { Outcome } from '../seat-inventory/writer/outcome.js';
import type { PaymentOutcome, Payments } from './payments.js';
import { commandsAfterDecision, refundsOwedBy } from './refund-obligations.js';
import { decideSeats, type CapturedMoney, type SeatDecisionParts } from './seat-decision.js';

/**
 * A charge that has taken no money this long after the hold's end is withdrawn, and its attempt is
 * abandoned. Longer than a call to the provider may take. Milliseconds.
 */
const ABANDON_AFTER_MS = 60_000;

/** Source of a report about a charge. */
export interface ChargeNotification {
  readonly by: HeardBy;
  readonly noticeId: string | null;
}

const ANSWER: ChargeNotification = { by: 'answer', noticeId: null };
const INQUIRY: ChargeNotification = { by: 'inquiry', noticeId: null };

export type Settled =
  | { readonly accepted: true; readonly payment: StartedPayment; readonly inventory?: Outcome }
  | { readonly accepted: false; readonly rejection: PaymentRejection };

/**
 * Turns the provider's reports into sold seats or refunds. Each step may be repeated by any process
 * at any time.
 */
export interface Settlement {
  /**
   * Records the state of a charge. For a capture, the seats are sold or a refund is owed in the
   * same append.
   */
  recordCharge(
    payment: StartedPayment,
    attempt: number,
    charge: Charge,
    notification: ChargeNotification,
    context: CommandContext,
  ): Promise<Settled>;
  /** Records the state of a refund. */
  recordRefund(
    payment: StartedPayment,
    report: Pick<RecordRefund, 'refundId' | 'try' | 'outcome'>,
    context: CommandContext,
  ): Promise<Settled>;
  /**
   * Does everything that is left to do for a payment: asks the provider about a charge without an
   * outcome, settles captures, owes the refunds of an undone or exchanged sale, and refunds what is
   * owed.
   * @param silentSince charges requested later than this are skipped; milliseconds since the epoch
   * @param retryGivenUp requested by an operator: refunds that have failed too often are tried once
   * more
   * @throws PaymentOutcomeUnknown, RefundRefused after all other steps are done; OutcomeUnknown at
   * once, because a
   *   late append may still change the payment
   */
  advance(
    reservationId: string,
    silentSince: number,
    context: CommandContext,
    retryGivenUp?: boolean,
  ): Promise<Payment>;
}

export interface SettlementParts extends SeatDecisionParts {
  readonly payments: Payments;
  readonly gateway: PaymentGateway;
}

/** The request of one attempt, the same each time it is sent. */
export function chargeRequest(
  { eventId, reservationId }: StartedPayment,
  attempt: Attempt,
): ChargeRequest {
  const { number, idempotencyKey, token, amount, holdExpiresAt, requestedAt } = attempt;
  return {
    idempotencyKey,
    token,
    amount,
    holdExpiresAt,
    about: { eventId, reservationId, attempt: number },
    requestedAt: new Date(requestedAt).toISOString(),
  };
}

export const openSettlement = (parts: SettlementParts): Settlement => new PaymentSettlement(parts);

class PaymentSettlement implements Settlement {
  constructor(private readonly parts: SettlementParts) {}

  async recordCharge(
    payment: StartedPayment,
    attempt: number,
    charge: Charge,
    { by, noticeId }: ChargeNotification,
    context: CommandContext,
  ): Promise<Settled> {
    const now = this.parts.clock.now();
    if (charge.status === 'pending') return { accepted: true, payment };
    if (charge.status === 'failed') {
      const failure = { type: 'RecordFailure', attempt, reason: charge.reason, now } as const;
      return settled(await this.parts.payments.write(payment.reservationId, [failure], context));
    }
    const { reference, amount } = charge;
    const capture: RecordCapture = {
      type: 'RecordCapture',
      attempt,
      reference,
      amount,
      heardBy: by,
      noticeId,
      now,
    };
    // Seats are sold only for the requested amount: check it before the inventory decides.
    const acceptable = decidePayment(capture, payment);
    if (!acceptable.accepted) return acceptable;
    return this.settleCapture(payment, capture, context, capture);
  }

  async recordRefund(
    { reservationId }: StartedPayment,
    report: Pick<RecordRefund, 'refundId' | 'try' | 'outcome'>,
    context: CommandContext,
  ): Promise<Settled> {
    const command = { type: 'RecordRefund', ...report, now: this.parts.clock.now() } as const;
    return settled(await this.parts.payments.write(reservationId, [command], context));
  }

  async advance(
    reservationId: string,
    silentSince: number,
    context: CommandContext,
    retryGivenUp = false,
  ): Promise<Payment> {
    const { payments } = this.parts;
    let failure: unknown;
    const step = async (work: (payment: StartedPayment) => Promise<unknown>) => {
      // The late append may still land, so nothing more is decided now.
      if (failure instanceof OutcomeUnknown) return;
      const payment = await payments.load(reservationId);
      if (payment) await work(payment).catch((error: unknown) => (failure ??= error));
    };
    await step(async (payment) => {
      const pending = pendingAttempt(payment);
      if (pending && pending.requestedAt <= silentSince)
        await this.inquire(payment, pending, context);
    });
    await step(async (payment) => {
      for (const capture of unsettledCaptures(payment))
        await this.settleCapture(payment, capture, context);
    });
    await step((payment) => this.oweRefunds(payment, context));
    await step((payment) => this.refund(payment, retryGivenUp, context));
    if (failure !== undefined) throw failure as Error;
    return payments.load(reservationId);
  }

  private async settleCapture(
    payment: StartedPayment,
    captured: CapturedMoney,
    context: CommandContext,
    capture?: RecordCapture,
  ): Promise<Settled> {
    const { reservationId } = payment;
    const inventory = await decideSeats(this.parts, payment, captured, context);
    const reservation = inventory.accepted ? inventory.reservation : undefined;
    const now = this.parts.clock.now();
    const next = commandsAfterDecision(reservation, reservationId, captured.reference, now);
    const written = await this.parts.payments.write(
      reservationId,
      capture ? [capture, ...next] : next,
      context,
    );
    return written.accepted ? { accepted: true, payment: written.payment!, inventory } : written;
  }

  /** Asks the provider about a charge without an outcome. */
  private async inquire(payment: StartedPayment, attempt: Attempt, context: CommandContext) {
    const { gateway, payments, clock } = this.parts;
    const { number } = attempt;
    const request = chargeRequest(payment, attempt);
    const found = await gateway.find(request);
    if (found) return this.recordCharge(payment, number, found, INQUIRY, context);
    const holdEnd = Date.parse(attempt.holdExpiresAt);
    if (clock.now() < holdEnd) {
      const charge = await gateway.charge(request);
      return this.recordCharge(payment, number, charge, ANSWER, context);
    }
    // After this point no request that could take money is sent.
    if (clock.now() < Math.max(holdEnd, attempt.requestedAt) + ABANDON_AFTER_MS) return;
    const standing = await gateway.withdraw(request);
    if (standing) return this.recordCharge(payment, number, standing, INQUIRY, context);
    const now = clock.now();
    return payments.write(
      payment.reservationId,
      [{ type: 'RecordFailure', attempt: number, reason: 'abandoned', now }],
      context,
    );
  }

  private async oweRefunds(payment: StartedPayment, context: CommandContext) {
    const kept = payment.captures.filter(isKept);
    if (kept.length === 0) return;
    const asked = await decideSeats(this.parts, payment, kept[0]!, context);
    const reservation = asked.accepted ? asked.reservation : undefined;
    if (!reservation) return;
    const owed = refundsOwedBy(reservation, kept, this.parts.clock.now());
    await this.parts.payments.write(payment.reservationId, owed, context);
  }

  private async refund(payment: StartedPayment, retryGivenUp: boolean, context: CommandContext) {
    const { eventId, reservationId } = payment;
    let failure: unknown;
    for (const refund of openRefunds(payment)) {
      if (isGivenUp(refund) && !retryGivenUp) continue;
      const { refundId, reference, amount, try: number } = refund;
      const idempotencyKey = refundKeyOf(refundId, number);
      const about = { eventId, reservationId };
      try {
        const outcome = await this.parts.gateway.refund({
          idempotencyKey,
          about,
          reference,
          amount,
        });
        await this.recordRefund(payment, { refundId, try: number, outcome }, context);
      } catch (error) {
        // A refund that the provider refuses must not delay the others.
        failure ??= error;
        if (error instanceof OutcomeUnknown) break;
      }
    }
    if (failure !== undefined) throw failure as Error;
  }
}

const settled = (written: PaymentOutcome): Settled =>
  written.accepted ? { accepted: true, payment: written.payment! } : written;

const isKept = ({ kept, amount, dueBack }: Capture): boolean =>
  kept && dueBack < amount.amountMinor;
