import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { PaymentRejection } from '../../domain/payment/decide.js';
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
} from '../../domain/seat-inventory/reservation.js';
import type { Clock } from '../../ports/system/clock.js';
import type { PaymentGateway } from '../../ports/payment/payment-gateway.js';
import { notChargeable, type NotChargeable } from './chargeable.js';
import { chargeInTime, lookUntil, PATIENCE_MS, refusalOf, requestPayment } from './charging.js';
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
      /** Of the inventory. */
      readonly revision: bigint;
    }
  /** It is not known yet what became of the payment; it will be settled without being asked for. */
  | { readonly accepted: true; readonly settled: false }
  /** The reservation costs something, and no token was given. */
  | { readonly accepted: false; readonly missing: 'payment' }
  /** With `onlyIfUnderWay`: no attempt with this token is in progress or has bought the seats. */
  | { readonly accepted: false; readonly notUnderWay: true }
  | { readonly accepted: false; readonly rejection: PayRejection };

/** Take the money for a held reservation and sell its seats. */
export class PayReservationCommand extends Command<PayOutcome> {
  constructor(
    readonly eventId: string,
    readonly reservationId: string,
    readonly customerId: string,
    /** From the payment provider's form. Ignored when the reservation costs nothing. */
    readonly token: string | undefined,
    readonly context: CommandContext,
    /** Waits for the attempt in progress and writes nothing: the request may not start a new attempt. */
    readonly onlyIfUnderWay = false,
  ) {
    super();
  }
}

/**
 * The hold is lengthened, the try is written down, and only then is the provider called. The buyer waits two
 * seconds for what it says; whatever comes later is settled without him, by this process or, when it dies, by another.
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
    const { eventId, reservationId, customerId } = command;
    const deadline = this.clock.now() + PATIENCE_MS;
    if (command.onlyIfUnderWay) return this.progressOf(command, deadline);
    const started = await this.inInventory(command, 'StartPayment');
    if (!started.accepted) return this.unlessPaidAlready(command, started.rejection, deadline);
    const reservation = started.reservation!;
    const { revision } = started;
    const { token } = command;
    if (token === undefined && reservation.total.amountMinor > 0)
      return { accepted: false, missing: 'payment' };
    if (isConfirmed(reservation)) return { accepted: true, settled: true, reservation, revision };
    if (reservation.total.amountMinor === 0) return this.giveAway(command);

    const { total: amount, expiresAt } = reservation;
    if (expiresAt <= this.clock.now() && !(await this.hasOpenAttempt(reservationId)))
      return { accepted: false, rejection: { code: 'reservation-expired' } };
    const refused = notChargeable(this.gateway, [amount]);
    if (refused) return { accepted: false, rejection: refused };
    const requested = await requestPayment(
      this.charging,
      {
        ...{ reservationId, eventId, customerId, token: token!, amount },
        purpose: { type: 'reservation' },
        holdExpiresAt: new Date(expiresAt).toISOString(),
        // The inventory refuses only the first attempt of a hold.
        salesEndAt: await this.writers.salesEndAt(eventId),
      },
      command.context,
    );
    if (!requested.accepted) return requested;
    if (!requested.written) return this.await(command, deadline);
    const settled = await chargeInTime(
      this.charging,
      requested.payment!,
      deadline,
      command.context,
    );
    if (settled && !settled.accepted) return settled;
    const sold = settled?.inventory;
    if (sold?.accepted && isConfirmed(sold.reservation)) return soldOr(sold);
    return this.await(command, deadline);
  }

  /** No charge begins after the hold's end: a provider may refuse it, and the buyer would wait for an outcome in vain. */
  private async hasOpenAttempt(reservationId: string): Promise<boolean> {
    const payment = await this.payments.load(reservationId);
    return payment?.attempts.some(({ status }) => status !== 'failed') ?? false;
  }

  private get charging() {
    const { payments, settlement, gateway, clock } = this;
    return { payments, settlement, gateway, clock };
  }

  /** Looks at the payment until it is settled or the buyer has waited long enough. */
  private async await(command: PayReservationCommand, deadline: number): Promise<PayOutcome> {
    const end = await lookUntil(this.charging, command.reservationId, deadline, (payment) => {
      const failure = failureOf(payment);
      if (failure) return { accepted: false, rejection: failure } as const;
      return payment?.captures.some(({ kept }) => kept) ? 'sold' : undefined;
    });
    if (end === 'sold') return this.sold(command);
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
    return isOver ? { accepted: false, notUnderWay: true } : this.await(command, deadline);
  }

  /** A sale that has been paid for, as the inventory has it. */
  private async sold(command: PayReservationCommand): Promise<PayOutcome> {
    return soldOr(await this.inInventory(command, 'StartPayment'));
  }

  /** The hold is over, but this buyer's money may be under way: then that is the answer. */
  private async unlessPaidAlready(
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
    return this.await(command, deadline);
  }

  /** Nothing to pay: the provider is not called. The inventory may still reject the payment, for example if the seats are lost. */
  private async giveAway(command: PayReservationCommand): Promise<PayOutcome> {
    return soldOr(await this.inInventory(command, 'SettlePayment'));
  }

  /** Each step is a command of its own, with an id of its own. */
  private inInventory(
    { eventId, reservationId, customerId, token, context }: PayReservationCommand,
    type: 'StartPayment' | 'SettlePayment',
  ) {
    const named = { reservationId, customerId, now: this.clock.now() };
    return this.writers.execute(
      eventId,
      type === 'StartPayment'
        ? { type, ...named, onlyIfFree: token === undefined }
        : { type, ...named, paymentReference: FREE_OF_CHARGE },
      { ...context, commandId: derivedId(context.commandId, type, String(named.now)) },
    );
  }
}

/** The sale, or why there is none: an accepted command means that the decision is in the log, not that the seats were sold. */
function soldOr(outcome: Outcome): PayOutcome {
  if (!outcome.accepted) return outcome;
  const { reservation, revision } = outcome;
  if (isConfirmed(reservation)) return { accepted: true, settled: true, reservation, revision };
  return { accepted: false, rejection: { code: whyNotSold(reservation!) } };
}

/** A live hold is rejected only when its event is canceled. */
const whyNotSold = ({ status }: Reservation) =>
  status === 'held' || status === 'confirmed'
    ? 'event-cancelled'
    : (`reservation-${status}` as const);

/** Why a captured payment bought no seats. */
const CAME_TO_NOTHING: readonly RefundReason[] = ['seats-lost', 'released', 'sale-cancelled'];

/** What the last try came to, when it came to nothing. */
function failureOf(payment: Payment): PayRejection | undefined {
  const last = payment?.attempts.at(-1);
  if (last?.status === 'captured') {
    const kept = payment!.captures.some((capture) => capture.kept && capture.dueBack === 0);
    const owed = payment!.refunds.some(({ reason }) => CAME_TO_NOTHING.includes(reason));
    return !kept && owed ? { code: 'payment-refunded' } : undefined;
  }
  return last?.status === 'failed' ? refusalOf(last) : undefined;
}
