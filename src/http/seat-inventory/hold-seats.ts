import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { HoldRulesOfEvents } from '../../commands/seat-inventory/hold-rules.js';
import {
  reservationRequest,
  ReserveSeatsCommand,
  type ReservationRequest,
} from '../../commands/seat-inventory/reserve-seats.js';
import type { CommandContext } from '../../commands/shared/context.js';
import { Inject } from '../../commands/shared/inject.js';
import type { Reservation } from '../../domain/seat-inventory/state/reservation.js';
import type { AdmittedHold, HeaderValue, Rejected } from '../abuse/attempts.js';
import type { Protection } from '../abuse/protection.js';
import type { Account } from '../account/accounts.js';
import {
  AUTO_WAITING_ROOM,
  FRESH_RESERVATIONS,
  HOLD_RULES,
  PASS_CHECK,
  PROTECTION,
} from '../platform/tokens.js';
import type { AutoWaitingRoom } from '../waiting-room/auto-waiting-room.js';
import type { PassCheck } from '../waiting-room/pass-check.js';
import type { FreshReservations } from './fresh-reservations.js';

export interface HoldRequest {
  readonly eventId: string;
  readonly account: Account;
  readonly idempotencyKey: string;
  readonly selection: ReservationRequest['selection'];
  /** Address of the client. */
  readonly address: string;
  /** Pass of the waiting room. */
  readonly pass: HeaderValue;
  /** Solution of a proof-of-work challenge. */
  readonly proof: HeaderValue;
  readonly context: CommandContext;
}

export type HoldOutcome =
  | Rejected
  | {
      readonly problem?: undefined;
      readonly reservation: Reservation;
      /** Revision of the inventory. */
      readonly revision: bigint;
      /** False when the request repeats an earlier one. */
      readonly isNew: boolean;
    };

/**
 * Holds seats for a customer: checks the event's hold rules, abuse protection and the waiting room,
 * in this order, then sends the command. Protection and the waiting room learn the outcome, so that
 * a rejected request takes up none of their limits.
 */
@Injectable()
export class HoldSeats {
  constructor(
    private readonly commands: CommandBus,
    @Inject(HOLD_RULES) private readonly holdRules: HoldRulesOfEvents,
    @Inject(AUTO_WAITING_ROOM) private readonly autoWaitingRoom: AutoWaitingRoom,
    @Inject(PROTECTION) private readonly protection: Protection | null,
    @Inject(PASS_CHECK) private readonly passCheck: PassCheck,
    @Inject(FRESH_RESERVATIONS) private readonly reservations: FreshReservations,
  ) {}

  async execute(request: HoldRequest): Promise<HoldOutcome> {
    const { eventId, account, idempotencyKey, selection } = request;
    const rules = await this.holdRules.of(eventId);
    if (rules.requireContactToHold && !hasVerifiedEmail(account))
      return { problem: 'contact-required' };
    if (rules.autoWaitingRoom) this.autoWaitingRoom.recordAttempt(eventId);
    const asked = reservationRequest(eventId, account.id, idempotencyKey, selection);
    const attempt = await this.protection?.checkHold({
      eventId,
      account: account.id,
      reservationId: asked.reservationId,
      requestDigest: asked.requestDigest,
      seats: 'seatIds' in selection ? selection.seatIds.length : selection.bestAvailable.quantity,
      address: request.address,
      proof: request.proof,
    });
    return attempt?.problem ? attempt : this.reserve(request, asked, attempt);
  }

  /**
   * An error of the command leaves the outcome open: protection and the waiting room keep counting
   * the hold for a while.
   */
  private async reserve(
    { pass, context }: HoldRequest,
    asked: ReservationRequest,
    attempt: AdmittedHold | undefined,
  ): Promise<HoldOutcome> {
    const shopper = await this.checkPass(pass, asked, attempt);
    if (shopper?.problem) return shopper;
    const outcome = await this.commands.execute(new ReserveSeatsCommand(asked, context));
    if (!outcome.accepted) {
      shopper?.settle(undefined);
      attempt?.notHeld();
      const { code: problem, ...members } = outcome.rejection;
      return { problem, members };
    }
    const reservation = outcome.reservation!;
    const { written: isNew, revision } = outcome;
    shopper?.settle(reservation.expiresAt);
    if (reservation.status === 'held') attempt?.held(reservation.expiresAt);
    else attempt?.notHeld();
    if (isNew) this.reservations.recordWrite(asked.eventId, reservation, revision);
    return { reservation, revision, isNew };
  }

  private async checkPass(
    pass: HeaderValue,
    { eventId, customerId, reservationId }: ReservationRequest,
    attempt: AdmittedHold | undefined,
  ) {
    try {
      const shopper = await this.passCheck.check(pass, eventId, customerId, reservationId);
      if (shopper?.problem) attempt?.notHeld();
      return shopper;
    } catch (error) {
      attempt?.notHeld();
      throw error;
    }
  }
}

const hasVerifiedEmail = ({ email, emailVerified }: Account): boolean =>
  email !== undefined && emailVerified !== false;
