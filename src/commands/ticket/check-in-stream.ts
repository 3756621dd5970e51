import type { NamedTicket } from '../../domain/ticket/decide.js';
import { checkInStream, ticketIdOf, type CheckInEvent } from '../../domain/ticket/events.js';
import { evolveCheckIn, UNTOUCHED, type CheckIn } from '../../domain/ticket/state.js';
import type { Decision } from '../../domain/shared/decider.js';
import type { Clock } from '../../ports/system/clock.js';
import { WrongExpectedRevision, type EventStore } from '../../ports/event-store/event-store.js';
import { appendOnce, NO_STREAM } from '../shared/append-once.js';
import { derivedId, toNewEvents, type CommandContext } from '../shared/context.js';

/** Repetitions of a decision about one ticket because another writer appended first. */
const MAX_CONFLICTS = 20;

export const ticketOf = (eventId: string, reservationId: string, seatId: string): NamedTicket => ({
  ticketId: ticketIdOf(reservationId, seatId),
  eventId,
  reservationId,
  seatId,
});

export async function readCheckIn(
  eventStore: EventStore,
  ticketId: string,
): Promise<{ readonly checkIn: CheckIn; readonly revision: bigint }> {
  let checkIn: CheckIn = UNTOUCHED;
  let revision = NO_STREAM;
  for await (const event of eventStore.readStream(checkInStream(ticketId))) {
    checkIn = evolveCheckIn(checkIn, event as unknown as CheckInEvent);
    ({ revision } = event);
  }
  return { checkIn, revision };
}

/**
 * Decides about one ticket and appends at the revision that was read: if an entrance and a box
 * office act at the same time, one of them is rejected because of the other's event. After a
 * conflict, `decide` is called again; it may be asynchronous.
 * @param name of the command; domain event ids follow from it
 * @throws EventStoreUnavailable, OutcomeUnknown, WrongExpectedRevision after `MAX_CONFLICTS`
 * conflicts in a row
 */
export async function writeCheckIn<Event extends CheckInEvent, Rejection>(
  { eventStore, clock }: { readonly eventStore: EventStore; readonly clock: Clock },
  ticketId: string,
  name: string,
  decide: (checkIn: CheckIn) => Decision<Event, Rejection> | Promise<Decision<Event, Rejection>>,
  context: CommandContext,
): Promise<Decision<Event, Rejection>> {
  for (let conflicts = 0; ; conflicts++) {
    const { checkIn, revision } = await readCheckIn(eventStore, ticketId);
    const decision = await decide(checkIn);
    if (!decision.accepted || decision.events.length === 0) return decision;
    // Ids differ from revision to revision: the store treats the same ids as the same append.
    const commandId = derivedId(context.commandId, name, ticketId, String(revision));
    const events = toNewEvents(decision.events, { ...context, commandId });
    try {
      await appendOnce(eventStore, clock, checkInStream(ticketId), revision, events);
      return decision;
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision) || conflicts >= MAX_CONFLICTS) throw error;
    }
  }
}
