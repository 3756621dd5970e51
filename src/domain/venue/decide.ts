import { accept, type Decision } from '../shared/domain-event.js';
import type { VenueEvent, VenueRegisteredData } from './events.js';
import type { Venue } from './state.js';

export interface RegisterVenue {
  readonly type: 'RegisterVenue';
  readonly venue: Omit<VenueRegisteredData, 'registeredAt'>;
  readonly now: number;
}

export function decideVenue(command: RegisterVenue, venue: Venue): Decision<VenueEvent, never> {
  if (venue) return accept();
  const registeredAt = new Date(command.now).toISOString();
  return accept({ type: 'VenueRegistered', data: { ...command.venue, registeredAt } });
}
