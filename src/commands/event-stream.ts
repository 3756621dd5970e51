import {
  decideCancellation,
  type CancelEvent,
  type CancelEventRejection,
  type FinishCancellation,
} from '../domain/event/cancel.js';
import { eventStream, type EventEvent } from '../domain/event/events.js';
import { evolveEvent, type ScheduledEvent } from '../domain/event/state.js';
import type { Clock } from '../ports/clock.js';
import { WrongExpectedRevision, type EventStore } from '../ports/event-store.js';
import { appendOnce, NO_STREAM } from './append-once.js';
import { derivedId, toNewEvents, type CommandContext } from './context.js';

/** Times that a decision is taken anew because somebody else wrote first. */
const MAX_CONFLICTS = 10;

export async function readEvent(
  eventStore: EventStore,
  eventId: string,
): Promise<{ event: ScheduledEvent; revision: bigint }> {
  let event: ScheduledEvent;
  let revision = NO_STREAM;
  for await (const recorded of eventStore.readStream(eventStream(eventId))) {
    event = evolveEvent(event, recorded as unknown as EventEvent);
    ({ revision } = recorded);
  }
  return { event, revision };
}

export type CancellationOutcome =
  | { readonly accepted: true; readonly event: NonNullable<ScheduledEvent> }
  | { readonly accepted: false; readonly rejection: CancelEventRejection };

/** Decides upon the event as the log has it, and appends. @throws EventStoreUnavailable, OutcomeUnknown */
export async function writeCancellation(
  eventStore: EventStore,
  clock: Clock,
  eventId: string,
  command: CancelEvent | FinishCancellation,
  context: CommandContext,
): Promise<CancellationOutcome> {
  for (let conflicts = 0; ; conflicts++) {
    const { event, revision } = await readEvent(eventStore, eventId);
    const decision = decideCancellation(command, event);
    if (!decision.accepted) return decision;
    if (decision.events.length === 0) return { accepted: true, event: event! };
    const commandId = derivedId(context.commandId, command.type, String(revision));
    const stored = toNewEvents(decision.events, { ...context, commandId });
    try {
      await appendOnce(eventStore, clock, eventStream(eventId), revision, stored);
      return { accepted: true, event: decision.events.reduce(evolveEvent, event)! };
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision) || conflicts >= MAX_CONFLICTS) throw error;
    }
  }
}
