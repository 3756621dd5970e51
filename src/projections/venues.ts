import { VENUE, type VenueEvent, type VenueRegisteredData } from '../domain/venue/events.js';
import { venues } from '../read-models/venue/venues.js';
import type { Projection } from './projection.js';

export const venuesProjection: Projection<VenueRegisteredData> = {
  readModel: venues,
  prefixes: [VENUE],
  project: ({ type, data }) => {
    const event = { type, data } as VenueEvent;
    return event.type === 'VenueRegistered' ? [event.data] : undefined;
  },
};
