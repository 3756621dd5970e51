import { EVENT, type EventEvent, type EventScheduledData } from '../domain/event/events.js';
import { events } from '../read-models/events.js';
import type { Projection } from './projection.js';

export const eventsProjection: Projection<EventScheduledData> = {
  readModel: events,
  prefixes: [EVENT],
  project: ({ type, data }) => {
    const event = { type, data } as EventEvent;
    return event.type === 'EventScheduled' ? [event.data] : undefined;
  },
};
