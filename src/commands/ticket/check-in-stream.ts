import {
  checkInDecider,
  type CheckInCommand,
  type CheckInRejection,
  type NamedTicket,
} from '../../domain/ticket/decide.js';
import { checkInStream, ticketIdOf, type CheckInEvent } from '../../domain/ticket/events.js';
import type { CheckIn } from '../../domain/ticket/state.js';
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
  let checkIn = checkInDecider.initial();
  let revision = NO_STREAM;
  for await (const event of eventStore.readStream(checkInStream(ticketId))) {
    checkIn = checkInDecider.evolve(checkIn, event as unknown as CheckInEvent);
    ({ revision } = event);
  }
  return { checkIn, revision };
}

export type CheckInOutcome =
  | { readonly accepted: true; readonly checkIn: CheckIn }
  | { readonly accepted: false; readonly rejection: CheckInRejection };

/**
 * Decides about one ticket and appends at the revision that was read: if an entrance and a box
 * office act at the same time, one of them is rejected because of the other's event. After a
 * conflict, `commandOf` is called again with the newer state; without a command, nothing is
 * written.
 * @param name of the command; domain event ids follow from it
 * @throws EventStoreUnavailable, OutcomeUnknown, WrongExpectedRevision after `MAX_CONFLICTS`
 * conflicts in a row
 */
export async function writeCheckIn(
  { eventStore, clock }: { readonly eventStore: EventStore; readonly clock: Clock },
  ticketId: string,
  name: string,
  commandOf: (checkIn: CheckIn) => CheckInCommand | undefined | Promise<CheckInCommand | undefined>,
  context: CommandContext,
): Promise<CheckInOutcome> {
  for (let conflicts = 0; ; conflicts++) {
    const { checkIn, revision } = await readCheckIn(eventStore, ticketId);
    const command = await commandOf(checkIn);
    if (!command) return { accepted: true, checkIn };
    const decision = checkInDecider.decide(command, checkIn);
    if (!decision.accepted) return decision;
    if (decision.events.length === 0) return { accepted: true, checkIn };
    // Ids differ from revision to revision: the store treats the same ids as the same append.
    const commandId = derivedId(context.commandId, name, ticketId, String(revision));
    const events = toNewEvents(decision.events, { ...context, commandId });
    try {
      await appendOnce(eventStore, clock, checkInStream(ticketId), revision, events);
      const { evolve } = checkInDecider;
      return {
        accepted: true,
        checkIn: decision.events.reduce((state, event) => evolve(state, event), checkIn),
      };
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision) || conflicts >= MAX_CONFLICTS) throw error;
    }
  }
}
