import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { PayReservationCommand } from '../../commands/payment/pay-reservation.js';
import type { CommandContext } from '../../commands/shared/context.js';
import { Inject } from '../../commands/shared/inject.js';
import type { CodedTicket } from '../../commands/ticket/coded-tickets.js';
import type { ConfirmedReservation } from '../../domain/seat-inventory/state/reservation.js';
import type { PaymentQueries } from '../../read-models/payment/payments-queries.js';
import type { Contacts } from '../../read-models/ticket/contacts.js';
import type { HeaderValue, Rejected } from '../abuse/attempts.js';
import type { Protection } from '../abuse/protection.js';
import type { Account } from '../account/accounts.js';
import {
  CONTACTS,
  FRESH_RESERVATIONS,
  PAYMENT_QUERIES,
  PROTECTION,
  TICKETS,
} from '../platform/tokens.js';
import type { FreshReservations } from '../seat-inventory/fresh-reservations.js';
import type { Tickets } from '../ticket/tickets.js';
import { REQUIRED } from '../validation/validate.js';

export interface PaymentRequest {
  readonly eventId: string;
  readonly reservationId: string;
  readonly account: Account;
  /** Token of the card; undefined for a reservation that costs nothing. */
  readonly token: string | undefined;
  /** Where the tickets are sent; undefined means the address of the account, if it has one. */
  readonly email: string | undefined;
  /** Address of the client. */
  readonly address: string;
  /** Solution of a proof-of-work challenge. */
  readonly proof: HeaderValue;
  readonly context: CommandContext;
}

export type PaymentResult =
  | (Rejected & {
      readonly status: 'rejected';
      /** By abuse protection: some problems have another HTTP status then. */
      readonly byProtection?: boolean;
    })
  /** The provider has not answered in time. The payment is settled in the background. */
  | { readonly status: 'pending' }
  | {
      readonly status: 'confirmed';
      readonly reservation: ConfirmedReservation;
      readonly tickets: readonly CodedTicket[];
      /** Revision of the inventory. */
      readonly revision: bigint;
    };

/**
 * Pays for a held reservation: checks the card with abuse protection, stores the mail address, then
 * sends the command.
 */
@Injectable()
export class PayForReservation {
  constructor(
    private readonly commands: CommandBus,
    @Inject(PROTECTION) private readonly protection: Protection | null,
    @Inject(CONTACTS) private readonly contacts: Contacts,
    @Inject(PAYMENT_QUERIES) private readonly payments: PaymentQueries,
    @Inject(FRESH_RESERVATIONS) private readonly reservations: FreshReservations,
    @Inject(TICKETS) private readonly tickets: Tickets,
  ) {}

  /** @throws Problem `read-model-behind` */
  async execute(request: PaymentRequest): Promise<PaymentResult> {
    const { eventId, reservationId, account } = request;
    const check = await this.checkCard(request);
    if (check?.problem) return { ...check, status: 'rejected', byProtection: true };
    const ifNotInProgress = check?.ifNotInProgress;
    const outcome = await this.pay(request, ifNotInProgress !== undefined).finally(() =>
      check?.end(),
    );
    this.protection?.paymentAttempted(account.id, eventId, reservationId);
    if (!outcome.accepted) {
      if ('notUnderWay' in outcome)
        return { ...(await ifNotInProgress!()), status: 'rejected', byProtection: true };
      if ('missing' in outcome) return missing(outcome.missing);
      const { code: problem, ...members } = outcome.rejection;
      return { status: 'rejected', problem, members };
    }
    if (!outcome.settled) return { status: 'pending' };
    const { reservation, revision } = outcome;
    this.reservations.recordWrite(eventId, reservation, revision);
    const tickets = await this.tickets.sold(eventId, reservation);
    return { status: 'confirmed', reservation, tickets, revision };
  }

  /** A payment in progress is never rejected; one without a card is not checked. */
  private async checkCard(request: PaymentRequest) {
    const { eventId, reservationId, account, token, address, proof } = request;
    if (!token) return undefined;
    const attempt = { eventId, reservationId, account: account.id, token, address, proof };
    return this.protection?.checkPayment(attempt, async () => {
      const payment = await this.payments.of(eventId, reservationId);
      return payment?.status === 'pending';
    });
  }

  private async pay(request: PaymentRequest, onlyIfInProgress: boolean) {
    const { eventId, reservationId, account, token, context } = request;
    const { email = account.email } = request;
    // Stored before the payment, so that the confirmation mail finds the address even if a webhook
    // settles the payment.
    if (email !== undefined) await this.contacts.remember(account.id, email);
    return this.commands.execute(
      new PayReservationCommand(
        eventId,
        reservationId,
        account.id,
        token,
        context,
        onlyIfInProgress,
      ),
    );
  }
}

const missing = (field: string): PaymentResult => ({
  status: 'rejected',
  problem: 'validation-failed',
  members: { errors: [{ path: `/${field}`, message: REQUIRED }] },
});
