import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { PaymentRejection } from '../../domain/payment/commands.js';
import type { RefundReason } from '../../domain/payment/events.js';
import { pendingAttempt, type Payment } from '../../domain/payment/state.js';
import {
  FREE_OF_CHARGE,
  type SeatInventoryRejection,
} from '../../domain/seat-inventory/commands.js';
import {
  isConfirmed,
  type ConfirmedReservation,
  type Reservation,
} from '../../domain/seat-inventory/state/reservation.js';
import type { Clock } from '../../ports/system/clock.js';
import type { PaymentGateway } from '../../ports/payment/payment-gateway.js';
import { notChargeable, type NotChargeable } from './chargeable.js';
import { chargeInTime, PATIENCE_MS, pollUntil, rejectionOf, requestPayment } from './charging.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import type { Outcome } from '../seat-inventory/writer/outcome.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';
import type { Payments } from './payments.js';
import type { Settlement } from './settlement.js';
import { Inject } from '../shared/inject.js';
import {
  CLOCK,
  INVENTORY_WRITERS,
  PAYMENT_GATEWAY,
  PAYMENTS,
  SETTLEMENT,
} from '../shared/tokens.js';

export type PayRejection =
  | SeatInventoryRejection
  | PaymentRejection
  | NotChargeable
  | { readonly code: 'payment-declined' }
  | { readonly code: 'payment-token-unknown' }
  | { readonly code: 'payment-refunded' };

export type PayOutcome =
  | {
      readonly accepted: true;
      readonly settled: true;
      readonly reservation: ConfirmedReservation;
      /** Revision of the inventory. */
      readonly revision: bigint;
    }
  /** The outcome of the payment is not known yet. The settlement process completes the payment. */
  | { readonly accepted: true; readonly settled: false }
  /** The reservation costs something, and no token was given. */
  | { readonly accepted: false; readonly missing: 'payment' }
  /** With `onlyIfUnderWay`: no attempt with this token is in progress or has bought the seats. */
  | { readonly accepted: false; readonly notUnderWay: true }
  | { readonly accepted: false; readonly rejection: PayRejection };

/** Charges a held reservation and sells its seats. */
export class PayReservationCommand extends Command<PayOutcome> {
  constructor(
    readonly eventId: string,
    readonly reservationId: string,
    readonly customerId: string,
    /** From the payment provider's form. Ignored when the reservation costs nothing. */
    readonly token: string | undefined,
    readonly context: CommandContext,
    /**
     * Waits for the attempt in progress and writes nothing: the request may not start a new
     * attempt.
     */
    readonly onlyIfUnderWay = false,
  ) {
    super();
  }
}

/**
 * Extends the hold, records the attempt, and only then calls the provider. The request waits
 * `PATIENCE_MS` for the outcome. A later outcome is settled in the background, by this process or,
 * after a crash, by another one.
 */
@CommandHandler(PayReservationCommand)
export class PayReservationHandler implements ICommandHandler<PayReservationCommand> {
  constructor(
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(PAYMENTS) private readonly payments: Payments,
    @Inject(SETTLEMENT) private readonly settlement: Settlement,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(command: PayReservationCommand): Promise<PayOutcome> {
    const deadline = this.clock.now() + PATIENCE_MS;
    if (command.onlyIfUnderWay) return this.progressOf(command, deadline);
    const started = await this.inInventory(command, 'StartPayment');
    if (!started.accepted)
      return this.outcomeOfEarlierPayment(command, started.rejection, deadline);
    const reservation = started.reservation!;
    const isFree = reservation.total.amountMinor === 0;
    if (command.token === undefined && !isFree) return { accepted: false, missing: 'payment' };
    if (isConfirmed(reservation))
      return { accepted: true, settled: true, reservation, revision: started.revision };
    if (isFree) return this.sellFreeSeats(command);
    return this.pay(command, command.token!, reservation, deadline);
  }

  private async pay(
    command: PayReservationCommand,
    token: string,
    { total: amount, expiresAt }: Reservation,
    deadline: number,
  ): Promise<PayOutcome> {
    const { eventId, reservationId, customerId, context } = command;
    if (expiresAt <= this.clock.now() && !(await this.hasOpenAttempt(reservationId)))
      return { accepted: false, rejection: { code: 'reservation-expired' } };
    const refused = notChargeable(this.gateway, [amount]);
    if (refused) return { accepted: false, rejection: refused };
    const requested = await requestPayment(
      this.charging,
      {
        reservationId,
        eventId,
        customerId,
        token,
        amount,
        purpose: { type: 'reservation' },
        holdExpiresAt: new Date(expiresAt).toISOString(),
        // The inventory checks this only for the first attempt of a hold.
        salesEndAt: await this.writers.salesEndAt(eventId),
      },
      context,
    );
    if (!requested.accepted) return requested;
    if (!requested.written) return this.awaitOutcome(command, deadline);
    const settled = await chargeInTime(this.charging, requested.payment!, deadline, context);
    if (settled && !settled.accepted) return settled;
    const sold = settled?.inventory;
    if (sold?.accepted && isConfirmed(sold.reservation)) return saleOf(sold);
    return this.awaitOutcome(command, deadline);
  }

  /**
   * No charge begins after the hold's end: a provider may refuse it, and the buyer would get no
   * outcome.
   */
  private async hasOpenAttempt(reservationId: string): Promise<boolean> {
    const payment = await this.payments.load(reservationId);
    return payment?.attempts.some(({ status }) => status !== 'failed') ?? false;
  }

  private get charging() {
    const { payments, settlement, gateway, clock } = this;
    return { payments, settlement, gateway, clock };
  }

  /** Polls the payment until it is settled or the deadline has passed. */
  private async awaitOutcome(
    command: PayReservationCommand,
    deadline: number,
  ): Promise<PayOutcome> {
    const end = await pollUntil(this.charging, command.reservationId, deadline, (payment) => {
      const failure = failureOf(payment);
      if (failure) return { accepted: false, rejection: failure } as const;
      return payment?.captures.some(({ kept }) => kept) ? 'sold' : undefined;
    });
    if (end === 'sold') return this.completedSale(command);
    return end ?? { accepted: true, settled: false };
  }

  private async progressOf(command: PayReservationCommand, deadline: number): Promise<PayOutcome> {
    const payment = await this.payments.load(command.reservationId);
    if (!payment || payment.customerId !== command.customerId)
      return { accepted: false, notUnderWay: true };
    const pending = pendingAttempt(payment);
    if (pending && pending.token !== command.token)
      return { accepted: false, rejection: { code: 'payment-under-way' } };
    const isOver = !pending && payment.attempts.at(-1)!.status === 'failed';
    return isOver ? { accepted: false, notUnderWay: true } : this.awaitOutcome(command, deadline);
  }

  /** Reads a paid sale from the inventory. */
  private async completedSale(command: PayReservationCommand): Promise<PayOutcome> {
    return saleOf(await this.inInventory(command, 'StartPayment'));
  }

  /**
   * The hold has ended, but a payment may be in progress or refunded: then the answer is its
   * outcome.
   */
  private async outcomeOfEarlierPayment(
    command: PayReservationCommand,
    rejection: SeatInventoryRejection,
    deadline: number,
  ): Promise<PayOutcome> {
    if (rejection.code !== 'reservation-expired') return { accepted: false, rejection };
    const payment = await this.payments.load(command.reservationId);
    if (!payment || payment.customerId !== command.customerId)
      return { accepted: false, rejection };
    const failure = failureOf(payment);
    if (failure?.code === 'payment-refunded') return { accepted: false, rejection: failure };
    if (!pendingAttempt(payment)) return { accepted: false, rejection };
    return this.awaitOutcome(command, deadline);
  }

  /**
   * Sells without calling the provider. The inventory may still reject it, for example if the seats
   * were lost.
   */
  private async sellFreeSeats(command: PayReservationCommand): Promise<PayOutcome> {
    return saleOf(await this.inInventory(command, 'SettlePayment'));
  }

  /** Each step is a separate command with its own id. */
  private inInventory(
    { eventId, reservationId, customerId, token, context }: PayReservationCommand,
    type: 'StartPayment' | 'SettlePayment',
  ) {
    const target = { reservationId, customerId, now: this.clock.now() };
    return this.writers.execute(
      eventId,
      type === 'StartPayment'
        ? { type, ...target, onlyIfFree: token === undefined }
        : { type, ...target, paymentReference: FREE_OF_CHARGE },
      { ...context, commandId: derivedId(context.commandId, type, String(target.now)) },
    );
  }
}

/**
 * Returns the sale or the rejection. An accepted command only means that a decision is in the log,
 * not that the seats are sold.
 */
function saleOf(outcome: Outcome): PayOutcome {
  if (!outcome.accepted) return outcome;
  const { reservation, revision } = outcome;
  if (isConfirmed(reservation)) return { accepted: true, settled: true, reservation, revision };
  return { accepted: false, rejection: { code: rejectionCodeOf(reservation!) } };
}

/** A live hold is rejected only when its event is canceled. */
const rejectionCodeOf = ({ status }: Reservation) =>
  status === 'held' || status === 'confirmed'
    ? 'event-cancelled'
    : (`reservation-${status}` as const);

/** Reasons why a captured payment bought no seats. */
const NO_SEATS_BOUGHT: readonly RefundReason[] = ['seats-lost', 'released', 'sale-cancelled'];

/** Returns the rejection if the last attempt failed or its capture was refunded. */
function failureOf(payment: Payment): PayRejection | undefined {
  const last = payment?.attempts.at(-1);
  if (last?.status === 'captured') {
    const kept = payment!.captures.some((capture) => capture.kept && capture.dueBack === 0);
    const owed = payment!.refunds.some(({ reason }) => NO_SEATS_BOUGHT.includes(reason));
    return !kept && owed ? { code: 'payment-refunded' } : undefined;
  }
  return last?.status === 'failed' ? rejectionOf(last) : undefined;
}
