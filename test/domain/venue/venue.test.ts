import { decideVenue, type RegisterVenue } from '../../../src/domain/venue/decide.js';
import type { VenueEvent } from '../../../src/domain/venue/events.js';
import { evolveVenue, type Venue } from '../../../src/domain/venue/state.js';
import { NOON } from '../../support/seat-inventory/rules.js';

const command: RegisterVenue = {
  type: 'RegisterVenue',
  venue: {
    venueId: 'estadio-azteca',
    name: 'Estadio Azteca',
    city: 'Mexico City',
    country: 'MX',
    location: { lat: 19.3029, lon: -99.1505 },
    timeZone: 'America/Mexico_City',
    seatingPlanHash: 'aa11',
    seatCount: 83_000,
    categories: [{ name: 'Standard', seatCount: 83_000 }],
  },
  now: NOON,
};
const registered: VenueEvent = {
  type: 'VenueRegistered',
  data: { ...command.venue, registeredAt: '2026-06-11T12:00:00.000Z' },
};
const venueAfter = (...events: VenueEvent[]) => events.reduce<Venue>(evolveVenue, undefined);

describe('RegisterVenue', () => {
  it('records the venue with all that an event there needs to know', () =>
    expect(decideVenue(command, venueAfter())).toEqual({ accepted: true, events: [registered] }));

  it('the same command twice appends nothing new', () =>
    expect(decideVenue({ ...command, now: NOON + 1 }, venueAfter(registered))).toEqual({
      accepted: true,
      events: [],
    }));

  it('is what the venue is from then on', () =>
    expect(venueAfter(registered)).toEqual(registered.data));
});
