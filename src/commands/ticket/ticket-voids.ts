import {
  decideReinstatement,
  decideVoid,
  type AlreadyRedeemed,
  type NamedTicket,
} from '../../domain/ticket/decide.js';
import type { TicketReinstated, VoidReason } from '../../domain/ticket/events.js';
import { accept, type Decision } from '../../domain/shared/decider.js';
import type { SaleChange } from '../../domain/seat-inventory/commands.js';
import {
  isConfirmed,
  isWithdrawn,
  type Reservation,
} from '../../domain/seat-inventory/reservation.js';
import type { Clock } from '../../ports/system/clock.js';
import type { EventStore } from '../../ports/event-store/event-store.js';
import { readCheckIn, ticketOf, writeCheckIn } from './check-in-stream.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import { TooManyConflicts, type Outcome } from '../seat-inventory/writer/outcome.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';

/** Attempts when other refunds or exchanges change the sale at the same time. */
const MAX_TURNS = 10;

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

/** Voids tickets before the inventory takes their seats back, and reinstates them if it does not. */
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
   * Makes a void ticket valid again if the inventory says that its seat still belongs to the sale. Before that, every
   * refund or exchange that has voided it is withdrawn in the inventory, so that a slow one cannot take effect later.
   */
  lift(ticket: NamedTicket, context: CommandContext): Promise<void>;
}

export interface TicketVoidsParts {
  readonly eventStore: EventStore;
  readonly writers: InventoryWriters;
  readonly clock: Clock;
}

export function openTicketVoids({ eventStore, writers, clock }: TicketVoidsParts): TicketVoids {
  const log = { eventStore, clock };

  const redeemed: TicketVoids['redeemed'] = async (eventId, reservationId, seatIds) => {
    const all = await Promise.all(
      seatIds.map((seatId) =>
        readCheckIn(eventStore, ticketOf(eventId, reservationId, seatId).ticketId),
      ),
    );
    const used = all.find(({ checkIn }) => checkIn.redeemed)?.checkIn.redeemed;
    return used && { code: 'ticket-already-redeemed', redeemedAt: used.redeemedAt };
  };

  /** Adds each ticket to `voided`. Returns the reason for a rejection if one of them was redeemed. */
  const voidAll = async (
    { id: changeId, eventId, reservationId, reason, force }: AskedChange,
    seatIds: readonly string[],
    voided: Set<string>,
    context: CommandContext,
  ): Promise<AlreadyRedeemed | undefined> => {
    // Checked first, so that reinstating is rarely needed.
    const used = force ? undefined : await redeemed(eventId, reservationId, seatIds);
    if (used) return used;
    const decisions = await allOf(seatIds, async (seatId) => {
      const ticket = ticketOf(eventId, reservationId, seatId);
      const command = {
        type: 'VoidTicket',
        ticket,
        changeId,
        reason,
        force,
        now: clock.now(),
      } as const;
      const decide = writeCheckIn(
        log,
        ticket.ticketId,
        `void ${changeId}`,
        (is) => decideVoid(command, is),
        context,
      );
      const decision = await decide;
      if (decision.accepted) voided.add(seatId);
      return decision;
    });
    return decisions.flatMap((decision) => (decision.accepted ? [] : [decision.rejection]))[0];
  };

  /**
   * Withdraws this refund or exchange, so that it can no longer take effect, and returns the sale.
   */
  const withdrawn = async (
    { eventId, reservationId, seatId }: NamedTicket,
    changeId: string,
    context: CommandContext,
  ): Promise<Reservation | undefined> => {
    const outcome = await writers.execute(
      eventId,
      {
        type: 'WithdrawSaleChange',
        ...{ reservationId, customerId: null, changeId, seatId, now: clock.now() },
      },
      { ...context, commandId: derivedId(context.commandId, 'withdraw', changeId, seatId) },
    );
    return outcome.accepted ? outcome.reservation : undefined;
  };

  /** @param decided the sale after the change with this id, whose decision is final */
  const lift = async (
    ticket: NamedTicket,
    context: CommandContext,
    decided?: { readonly changeId: string; readonly reservation: Reservation },
  ): Promise<void> => {
    await writeCheckIn(
      log,
      ticket.ticketId,
      'reinstate',
      async (checkIn): Promise<Decision<TicketReinstated, never>> => {
        let sale = decided?.reservation;
        for (const changeId of checkIn.void?.changeIds ?? []) {
          if (changeId !== decided?.changeId) sale = await withdrawn(ticket, changeId, context);
        }
        if (!isConfirmed(sale) || !sale.seatIds.includes(ticket.seatId)) return accept();
        return decideReinstatement({ type: 'ReinstateTicket', ticket, now: clock.now() }, checkIn);
      },
      context,
    );
  };

  const change: TicketVoids['change'] = async (asked, context) => {
    const { id, eventId, reservationId } = asked;
    const voided = new Set<string>();
    const liftAll = (seatIds: Iterable<string>, decided?: Reservation) =>
      allOf([...seatIds], (seatId) =>
        lift(
          ticketOf(eventId, reservationId, seatId),
          context,
          decided && { changeId: id, reservation: decided },
        ),
      );
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const outcome = await asked.ask({ id, voidedSeatIds: [...voided] });
      if (!outcome.accepted) {
        await liftAll(voided);
        return outcome;
      }
      const reservation = outcome.reservation!;
      const takenBack = asked.takesBack(reservation);
      if (takenBack.length === 0) {
        // Tickets of seats that were exchanged away and back are still void.
        await liftAll(
          outcome.written ? new Set([...voided, ...reservation.seatIds]) : voided,
          reservation,
        );
        return outcome;
      }
      if (isWithdrawn(reservation, id)) break;
      const missing = takenBack.filter((seatId) => !voided.has(seatId));
      const rejection = await voidAll(asked, missing, voided, context);
      if (!rejection) continue;
      await liftAll(voided);
      return { accepted: false, rejection };
    }
    throw new TooManyConflicts(`The sale ${reservationId} was changed by others at the same time.`);
  };

  return { change, redeemed, lift: (ticket, context) => lift(ticket, context) };
}

/** Waits for all, even if one fails, so that nothing is still running when the caller continues. */
async function allOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results = await Promise.allSettled(items.map(work));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason as Error;
    return result.value;
  });
}
