import type { VenueEvent, VenueRegisteredData } from './events.js';

/** Undefined until the venue is registered. */
export type Venue = VenueRegisteredData | undefined;

export function evolveVenue(_venue: Venue, event: VenueEvent): Venue {
  return event.data;
}
