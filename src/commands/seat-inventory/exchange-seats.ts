import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AlreadyRedeemed } from '../../domain/ticket/decide.js';
import type { Money } from '../../domain/shared/money.js';
import type { PaymentRejection } from '../../domain/payment/commands.js';
import { pendingAttempt, type Payment } from '../../domain/payment/state.js';
import {
  PAYMENT_EXTENSION_SECONDS,
  type SeatInventoryRejection,
} from '../../domain/seat-inventory/commands.js';
import { returnedSeats } from '../../domain/seat-inventory/decide/exchange.js';
import { isConfirmed, type Reservation } from '../../domain/seat-inventory/state/reservation.js';
import type { Clock } from '../../ports/system/clock.js';
import type { PaymentGateway } from '../../ports/payment/payment-gateway.js';
import { notChargeable, type NotChargeable } from '../payment/chargeable.js';
import {
  chargeInTime,
  pollUntil,
  PATIENCE_MS,
  rejectionOf,
  requestPayment,
} from '../payment/charging.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import type { Outcome } from './writer/outcome.js';
import type { InventoryWriters } from './writer/inventory-writers.js';
import type { Payments } from '../payment/payments.js';
import {
  payBackInTime,
  refundOfExchange,
  type RefundProgress,
} from '../payment/refund-progress.js';
import type { Settlement } from '../payment/settlement.js';
import type { ChangeOutcome, TicketVoids } from '../ticket/ticket-voids.js';
import { Inject } from '../shared/inject.js';
import * as tokens from '../shared/tokens.js';

export type ExchangeRejection =
  | SeatInventoryRejection
  | PaymentRejection
  | AlreadyRedeemed
  | NotChargeable
  | { readonly code: 'payment-declined' }
  | { readonly code: 'payment-token-unknown' }
  /** Paid for, but the seats were no longer available: the money is refunded. */
  | { readonly code: 'exchange-refused' };

export type ExchangeOutcome =
  | {
      readonly accepted: true;
      readonly settled: true;
      readonly reservation: Reservation;
      /** Revision of the inventory. */
      readonly revision: bigint;
      /** Refund of the difference, when the new seats cost less. */
      readonly refund: RefundProgress | undefined;
    }
  /** The outcome of the payment is not known yet. The settlement process completes the payment. */
  | { readonly accepted: true; readonly settled: false }
  | { readonly accepted: false; readonly rejection: ExchangeRejection };

/** The organizer gives a buyer other seats. */
export class ExchangeSeatsCommand extends Command<ExchangeOutcome> {
  constructor(
    readonly eventId: string,
    readonly reservationId: string,
    /** All that the reservation is to consist of. */
    readonly seatIds: readonly string[],
    /** From the payment provider's form, for seats that cost more. */
    readonly token: string | undefined,
    /** Exchange even if a ticket of the returned seats was checked in. */
    readonly force: boolean,
    readonly context: CommandContext,
  ) {
    super();
  }
}

/**
 * The inventory is asked first: nobody pays for unavailable seats. A difference is taken under the
 * purpose of this exchange, so every receiver of the outcome (this request, a webhook, the
 * settlement process) brings it to the same decision.
 */
@CommandHandler(ExchangeSeatsCommand)
export class ExchangeSeatsHandler implements ICommandHandler<ExchangeSeatsCommand> {
  constructor(
    @Inject(tokens.INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(tokens.PAYMENTS) private readonly payments: Payments,
    @Inject(tokens.SETTLEMENT) private readonly settlement: Settlement,
    @Inject(tokens.TICKET_VOIDS) private readonly voids: TicketVoids,
    @Inject(tokens.PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    @Inject(tokens.CLOCK) private readonly clock: Clock,
  ) {}

  async execute(command: ExchangeSeatsCommand): Promise<ExchangeOutcome> {
    const deadline = this.clock.now() + PATIENCE_MS;
    const exchanged = await this.exchange(command);
    if (exchanged.accepted) return this.done(command, exchanged);
    const { rejection } = exchanged;
    if (rejection.code !== 'payment-required') return exchanged;
    const refused = notChargeable(this.gateway, [rejection.difference]);
    if (refused) return { accepted: false, rejection: refused };
    if (command.token === undefined) return exchanged;
    return this.pay(command, command.token, rejection.difference, deadline);
  }

  /** Without a payment: seats that cost no more, or that the reservation has already. */
  private exchange(command: ExchangeSeatsCommand): Promise<ChangeOutcome> {
    const { eventId, reservationId, seatIds, force, context } = command;
    return this.voids.change(
      {
        id: context.commandId,
        eventId,
        reservationId,
        reason: 'exchanged',
        force,
        takesBack: (reservation) =>
          isConfirmed(reservation) ? returnedSeats(reservation, seatIds) : [],
        ask: (change) => {
          const now = this.clock.now();
          return this.writers.execute(
            eventId,
            { type: 'ExchangeSeats', reservationId, customerId: null, seatIds, change, now },
            { ...context, commandId: derivedId(context.commandId, 'exchange', String(now)) },
          );
        },
      },
      context,
    );
  }

  private async done(
    { reservationId, context }: ExchangeSeatsCommand,
    outcome: Extract<Outcome, { accepted: true }>,
  ): Promise<ExchangeOutcome> {
    const { revision } = outcome;
    const reservation = outcome.reservation!;
    const isOwed = (reservation.exchanges?.at(-1)?.dueBackMinor ?? 0) > 0;
    const { payments, settlement, clock } = this;
    const paidBack = () => payBackInTime({ payments, settlement, clock }, reservationId, context);
    const payment = isOwed ? await paidBack() : undefined;
    const refund = refundOfExchange(reservation, payment);
    return { accepted: true, settled: true, reservation, revision, refund };
  }

  private async pay(
    command: ExchangeSeatsCommand,
    token: string,
    difference: Money,
    deadline: number,
  ): Promise<ExchangeOutcome> {
    const { eventId, reservationId, seatIds, force, context } = command;
    const sale = await this.asItStands(command);
    if (!sale.accepted) return sale;
    const reservation = sale.reservation!;
    const { customerId } = reservation;
    const givenUp = returnedSeats(reservation, seatIds);
    const used = force ? undefined : await this.voids.redeemed(eventId, reservationId, givenUp);
    if (used) return { accepted: false, rejection: used };
    const requested = await requestPayment(
      this.charging,
      {
        reservationId,
        eventId,
        customerId,
        token,
        amount: difference,
        purpose: { type: 'exchange', seatIds, ...(force && { force }) },
        holdExpiresAt: new Date(this.clock.now() + PAYMENT_EXTENSION_SECONDS * 1_000).toISOString(),
      },
      context,
    );
    if (!requested.accepted) return requested;
    const payment = requested.payment!;
    const { number } = pendingAttempt(payment)!;
    if (requested.written) await chargeInTime(this.charging, payment, deadline, context);
    return this.await(command, number, deadline);
  }

  private get charging() {
    const { payments, settlement, gateway, clock } = this;
    return { payments, settlement, gateway, clock };
  }

  /**
   * The sale, or that it has been undone since: starting to pay for what is paid for changes
   * nothing.
   */
  private asItStands({ eventId, reservationId, context }: ExchangeSeatsCommand): Promise<Outcome> {
    const now = this.clock.now();
    return this.writers.execute(
      eventId,
      { type: 'StartPayment', reservationId, customerId: null, now },
      { ...context, commandId: derivedId(context.commandId, 'stands', String(now)) },
    );
  }

  /** Looks at the payment until it is settled or the deadline has come. */
  private async await(
    command: ExchangeSeatsCommand,
    number: number,
    deadline: number,
  ): Promise<ExchangeOutcome> {
    const end = await pollUntil(this.charging, command.reservationId, deadline, (payment) =>
      endOf(payment, number),
    );
    if (end === undefined) return { accepted: true, settled: false };
    if (end !== 'bought') return { accepted: false, rejection: end };
    const sale = await this.asItStands(command);
    return sale.accepted ? this.done(command, sale) : sale;
  }
}

/** Returns the outcome of the attempt with this number; undefined while it is unknown. */
function endOf(payment: Payment, number: number): ExchangeRejection | 'bought' | undefined {
  const attempt = payment?.attempts.find((one) => one.number === number);
  if (attempt?.status === 'failed') return rejectionOf(attempt);
  const capture = payment?.captures.find((one) => one.attempt === number);
  if (capture?.kept) return 'bought';
  return capture && capture.dueBack > 0 ? { code: 'exchange-refused' } : undefined;
}
