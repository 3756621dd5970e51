import {
  decideCancellation,
  type CancelEvent,
  type CancelEventRejection,
  type FinishCancellation,
} from '../../domain/event/cancel.js';
import { eventStream, type EventEvent } from '../../domain/event/events.js';
import { evolveEvent, type ScheduledEvent } from '../../domain/event/state.js';
import type { Decision } from '../../domain/shared/decider.js';
import type { Clock } from '../../ports/system/clock.js';
import { WrongExpectedRevision, type EventStore } from '../../ports/event-store/event-store.js';
import { appendOnce, NO_STREAM } from '../shared/append-once.js';
import { derivedId, toNewEvents, type CommandContext } from '../shared/context.js';

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

export type EventOutcome<Rejection> =
  | {
      readonly accepted: true;
      readonly event: NonNullable<ScheduledEvent>;
      readonly written: readonly EventEvent[];
    }
  | { readonly accepted: false; readonly rejection: Rejection };

/**
 * Decides upon the event as the log has it, and appends.
 * @param name of the command, which ids follow from
 * @throws EventStoreUnavailable, OutcomeUnknown
 */
export async function writeEvent<Rejection>(
  eventStore: EventStore,
  clock: Clock,
  eventId: string,
  name: string,
  decide: (event: ScheduledEvent) => Decision<EventEvent, Rejection>,
  context: CommandContext,
): Promise<EventOutcome<Rejection>> {
  for (let conflicts = 0; ; conflicts++) {
    const { event, revision } = await readEvent(eventStore, eventId);
    const decision = decide(event);
    if (!decision.accepted) return decision;
    const written = decision.events;
    if (written.length === 0) return { accepted: true, event: event!, written };
    const commandId = derivedId(context.commandId, name, String(revision));
    const stored = toNewEvents(written, { ...context, commandId });
    try {
      await appendOnce(eventStore, clock, eventStream(eventId), revision, stored);
      return { accepted: true, event: written.reduce(evolveEvent, event)!, written };
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision) || conflicts >= MAX_CONFLICTS) throw error;
    }
  }
}

export type CancellationOutcome = EventOutcome<CancelEventRejection>;

export const writeCancellation = (
  eventStore: EventStore,
  clock: Clock,
  eventId: string,
  command: CancelEvent | FinishCancellation,
  context: CommandContext,
): Promise<CancellationOutcome> =>
  writeEvent(
    eventStore,
    clock,
    eventId,
    command.type,
    (event) => decideCancellation(command, event),
    context,
  );
