import { decideEvent } from '../../domain/event/decide.js';
import { nfc } from '../../domain/shared/text.js';
import type { VenueView } from '../../read-models/venue/venues.js';
import type { Service } from '../service.js';
import type { EventBody } from './event-record.js';
import { pastOf, type Outcome } from './import-events.js';

/** Finds venues of the service by name and by id. */
export interface KnownVenues {
  byName(name: string): { readonly venueId: string } | { readonly problem: string };
  byId(venueId: string): Promise<VenueView | undefined>;
}

export async function readVenues(service: Service): Promise<KnownVenues> {
  const { venues } = (await service.demand('GET', '/v1/venues')) as { venues: VenueView[] };
  const known = new Map(
    venues.map((venue) => [venue.venueId, Promise.resolve<VenueView | undefined>(venue)]),
  );
  const find = async (venueId: string): Promise<VenueView | undefined> => {
    const { status, body } = await service.ask('GET', `/v1/venues/${encodeURIComponent(venueId)}`);
    return status === 200 ? (body as VenueView) : undefined;
  };
  return {
    byName: (name) => {
      const named = venues.filter((venue) => nfc(venue.name) === nfc(name));
      if (named.length === 1) return { venueId: named[0]!.venueId };
      const count = named.length === 0 ? 'no venue has' : `${named.length} venues have`;
      return { problem: `${count} the name ${JSON.stringify(name)}: use \`venueId\`` };
    },
    byId: (venueId) => {
      const venue = known.get(venueId) ?? find(venueId);
      known.set(venueId, venue);
      return venue;
    },
  };
}

/** Decides like the service for a new event, and writes nothing. */
export async function dryRunEvent(body: EventBody, venues: KnownVenues): Promise<Outcome> {
  const venue = await venues.byId(body.venueId);
  const command = { ...body, type: 'ScheduleEvent', eventId: '', now: Date.now() } as const;
  const decision = decideEvent(command, undefined, venue);
  if (decision.accepted) return 'valid';
  if (decision.rejection.code === 'start-in-the-past') return { past: pastOf(body) };
  const { code, ...members } = decision.rejection;
  const { externalId } = body;
  const about = Object.values(members).flat().join(', ');
  return { externalId, code, message: about === '' ? code : `${code}: ${about}` };
}
