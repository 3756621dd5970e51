import type { EventCommand, EventRejection, ScheduleEvent } from '../../domain/event/commands.js';
import { eventDecider } from '../../domain/event/decide.js';
import { eventStream, type EventEvent } from '../../domain/event/events.js';
import type { PlannedEvent, ScheduledEvent } from '../../domain/event/state.js';
import type { Clock } from '../../ports/system/clock.js';
import { WrongExpectedRevision, type EventStore } from '../../ports/event-store/event-store.js';
import { readAggregate, type StoredAggregate } from '../shared/aggregate-stream.js';
import { appendOnce } from '../shared/append-once.js';
import { derivedId, toNewEvents, type CommandContext } from '../shared/context.js';

/** Retries of a command after another node has written first. */
const MAX_CONFLICTS = 10;

/** @throws EventStoreUnavailable */
export const readEvent = (
  eventStore: EventStore,
  eventId: string,
): Promise<StoredAggregate<ScheduledEvent>> =>
  readAggregate(eventStore, eventStream(eventId), eventDecider);

export type EventOutcome =
  | {
      readonly accepted: true;
      readonly event: PlannedEvent;
      readonly written: readonly EventEvent[];
    }
  | { readonly accepted: false; readonly rejection: EventRejection };

/**
 * Decides a command about a scheduled event and appends the domain events.
 * @throws EventStoreUnavailable, OutcomeUnknown, WrongExpectedRevision after `MAX_CONFLICTS`
 * retries
 */
export async function writeEvent(
  eventStore: EventStore,
  clock: Clock,
  eventId: string,
  command: Exclude<EventCommand, ScheduleEvent>,
  context: CommandContext,
): Promise<EventOutcome> {
  for (let conflicts = 0; ; conflicts++) {
    const { state: event, revision } = await readEvent(eventStore, eventId);
    const decision = eventDecider.decide(command, event);
    if (!decision.accepted) return decision;
    const written = decision.events;
    if (written.length === 0) return { accepted: true, event: event!, written };
    // The revision is part of the id: the store takes equal ids for a repeated append.
    const commandId = derivedId(context.commandId, command.type, String(revision));
    const stored = toNewEvents(written, { ...context, commandId });
    try {
      await appendOnce(eventStore, clock, eventStream(eventId), revision, stored);
      const changed = written.reduce((state, added) => eventDecider.evolve(state, added), event);
      return { accepted: true, event: changed!, written };
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision) || conflicts >= MAX_CONFLICTS) throw error;
    }
  }
}
