import { accept, type Decider, type Decision } from '../shared/decider.js';
import type { VenueEvent, VenueRegisteredData } from './events.js';
import { evolveVenue, type Venue } from './state.js';

export interface RegisterVenue {
  readonly type: 'RegisterVenue';
  readonly venue: Omit<VenueRegisteredData, 'registeredAt'>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export const venueDecider: Decider<Venue, RegisterVenue, VenueEvent, never> = {
  initial: () => undefined,
  evolve: evolveVenue,
  decide: decideVenue,
};

/** Registering a venue again changes nothing. */
export function decideVenue(command: RegisterVenue, venue: Venue): Decision<VenueEvent, never> {
  if (venue) return accept();
  const registeredAt = new Date(command.now).toISOString();
  return accept({ type: 'VenueRegistered', data: { ...command.venue, registeredAt } });
}
