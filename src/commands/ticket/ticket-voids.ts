import {
  alreadyRedeemed,
  type AlreadyRedeemed,
  type NamedTicket,
  type ReinstateTicket,
} from '../../domain/ticket/decide.js';
import type { VoidReason } from '../../domain/ticket/events.js';
import type { CheckIn } from '../../domain/ticket/state.js';
import type { SaleChange } from '../../domain/seat-inventory/commands.js';
import {
  isConfirmed,
  isWithdrawn,
  type Reservation,
} from '../../domain/seat-inventory/state/reservation.js';
import type { Clock } from '../../ports/system/clock.js';
import type { EventStore } from '../../ports/event-store/event-store.js';
import { readCheckIn, ticketOf, writeCheckIn } from './check-in-stream.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import { TooManyConflicts, type Outcome } from '../seat-inventory/writer/outcome.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';

/** Attempts when other refunds or exchanges change the sale at the same time. */
const MAX_ATTEMPTS = 10;

/** A refund or exchange requested by an organizer or by a payment. */
export interface AskedChange {
  /** Id of this request, or of the payment that causes the change. */
  readonly id: string;
  readonly eventId: string;
  readonly reservationId: string;
  readonly reason: VoidReason;
  /** Void tickets even if they were checked in. */
  readonly force: boolean;
  /**
   * Returns the seats that the change would take back from the reservation as it stands; none after
   * the inventory has decided.
   */
  takesBack(reservation: Reservation): readonly string[];
  /** Asks the inventory to decide. */
  ask(change: SaleChange): Promise<Outcome>;
}

export type ChangeOutcome =
  Outcome | { readonly accepted: false; readonly rejection: AlreadyRedeemed };

/**
 * Voids tickets before the inventory takes their seats back, and reinstates them if it does not.
 */
export interface TicketVoids {
  /**
   * Carries out a refund or an exchange: voids the tickets of the seats that it takes back, each at
   * the revision of its own stream, and then lets the inventory decide. Rejected if one of them was
   * checked in, unless forced. If this process dies in between, `lift` completes or reverts the
   * change.
   * @throws EventStoreUnavailable, OutcomeUnknown, TooManyConflicts
   */
  change(asked: AskedChange, context: CommandContext): Promise<ChangeOutcome>;
  /** Returns the rejection if a ticket of these seats was checked in; undefined otherwise. */
  redeemed(
    eventId: string,
    reservationId: string,
    seatIds: readonly string[],
  ): Promise<AlreadyRedeemed | undefined>;
  /**
   * Makes a void ticket valid again if the inventory says that its seat still belongs to the sale.
   * Before that, every refund or exchange that has voided it is withdrawn in the inventory, so that
   * a slow one cannot take effect later.
   */
  lift(ticket: NamedTicket, context: CommandContext): Promise<void>;
}

export interface TicketVoidsParts {
  readonly eventStore: EventStore;
  readonly writers: InventoryWriters;
  readonly clock: Clock;
}

/** Opens the voids of tickets, which keep no state of their own. */
export const openTicketVoids = (parts: TicketVoidsParts): TicketVoids => new StoredVoids(parts);

class StoredVoids implements TicketVoids {
  constructor(private readonly parts: TicketVoidsParts) {}

  async change(asked: AskedChange, context: CommandContext): Promise<ChangeOutcome> {
    const { id, reservationId } = asked;
    const voided = new Set<string>();
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const outcome = await asked.ask({ id, voidedSeatIds: [...voided] });
      if (!outcome.accepted) {
        await this.liftAll(asked, voided, context);
        return outcome;
      }
      const reservation = outcome.reservation!;
      const takenBack = asked.takesBack(reservation);
      if (takenBack.length === 0) {
        // Tickets of seats that were exchanged away and back are still void.
        const changed = outcome.written ? new Set([...voided, ...reservation.seatIds]) : voided;
        await this.liftAll(asked, changed, context, reservation);
        return outcome;
      }
      if (isWithdrawn(reservation, id)) break;
      const missing = takenBack.filter((seatId) => !voided.has(seatId));
      const rejection = await this.voidAll(asked, missing, voided, context);
      if (!rejection) continue;
      await this.liftAll(asked, voided, context);
      return { accepted: false, rejection };
    }
    throw new TooManyConflicts(`The sale ${reservationId} was changed by others at the same time.`);
  }

  async redeemed(
    eventId: string,
    reservationId: string,
    seatIds: readonly string[],
  ): Promise<AlreadyRedeemed | undefined> {
    const { eventStore } = this.parts;
    const all = await Promise.all(
      seatIds.map((seatId) =>
        readCheckIn(eventStore, ticketOf(eventId, reservationId, seatId).ticketId),
      ),
    );
    const used = all.find(({ checkIn }) => checkIn.redeemed)?.checkIn.redeemed;
    return used && alreadyRedeemed(used);
  }

  lift(ticket: NamedTicket, context: CommandContext): Promise<void> {
    return this.reinstate(ticket, context);
  }

  /**
   * Adds each ticket to `voided`. Returns the reason for a rejection if one of them was redeemed.
   */
  private async voidAll(
    { id: changeId, eventId, reservationId, reason, force }: AskedChange,
    seatIds: readonly string[],
    voided: Set<string>,
    context: CommandContext,
  ): Promise<AlreadyRedeemed | undefined> {
    // Checked first, so that reinstating is rarely needed.
    const used = force ? undefined : await this.redeemed(eventId, reservationId, seatIds);
    if (used) return used;
    const outcomes = await allOf(seatIds, async (seatId) => {
      const ticket = ticketOf(eventId, reservationId, seatId);
      const now = this.parts.clock.now();
      const command = { type: 'VoidTicket', ticket, changeId, reason, force, now } as const;
      const name = `void ${changeId}`;
      const outcome = await writeCheckIn(this.parts, ticket.ticketId, name, () => command, context);
      if (outcome.accepted) voided.add(seatId);
      return outcome;
    });
    return outcomes
      .flatMap((outcome) => (outcome.accepted ? [] : [outcome.rejection]))
      .find((rejection) => rejection.code === 'ticket-already-redeemed');
  }

  /** @param decided the sale after the change, whose decision is final */
  private async liftAll(
    { id: changeId, eventId, reservationId }: AskedChange,
    seatIds: Iterable<string>,
    context: CommandContext,
    decided?: Reservation,
  ): Promise<void> {
    await allOf([...seatIds], (seatId) =>
      this.reinstate(
        ticketOf(eventId, reservationId, seatId),
        context,
        decided && { changeId, reservation: decided },
      ),
    );
  }

  /** @param decided the sale after the change with this id, whose decision is final */
  private async reinstate(
    ticket: NamedTicket,
    context: CommandContext,
    decided?: { readonly changeId: string; readonly reservation: Reservation },
  ): Promise<void> {
    const commandOf = async ({ void: standing }: CheckIn): Promise<ReinstateTicket | undefined> => {
      let sale = decided?.reservation;
      for (const changeId of standing?.changeIds ?? []) {
        if (changeId !== decided?.changeId) sale = await this.withdraw(ticket, changeId, context);
      }
      if (!isConfirmed(sale) || !sale.seatIds.includes(ticket.seatId)) return undefined;
      return { type: 'ReinstateTicket', ticket, now: this.parts.clock.now() };
    };
    await writeCheckIn(this.parts, ticket.ticketId, 'reinstate', commandOf, context);
  }

  /**
   * Withdraws this refund or exchange, so that it can no longer take effect, and returns the sale.
   */
  private async withdraw(
    { eventId, reservationId, seatId }: NamedTicket,
    changeId: string,
    context: CommandContext,
  ): Promise<Reservation | undefined> {
    const { writers, clock } = this.parts;
    const outcome = await writers.execute(
      eventId,
      {
        type: 'WithdrawSaleChange',
        reservationId,
        customerId: null,
        changeId,
        seatId,
        now: clock.now(),
      },
      { ...context, commandId: derivedId(context.commandId, 'withdraw', changeId, seatId) },
    );
    return outcome.accepted ? outcome.reservation : undefined;
  }
}

/** Waits for all, even if one fails, so that nothing is still running when the caller continues. */
async function allOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results = await Promise.allSettled(items.map(work));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason as Error;
    return result.value;
  });
}
