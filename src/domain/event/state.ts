import type { EventEvent, EventScheduledData } from './events.js';

/** Undefined until the event is scheduled. */
export type ScheduledEvent = EventScheduledData | undefined;

export function evolveEvent(_event: ScheduledEvent, domainEvent: EventEvent): ScheduledEvent {
  return domainEvent.data;
}
