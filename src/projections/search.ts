import { EVENT, type EventEvent } from '../domain/event/events.js';
import type { SearchedEvent } from '../domain/search/document.js';
import { SEAT_INVENTORY, type SeatInventoryEvent } from '../domain/seat-inventory/events.js';
import { VENUE, type VenueEvent } from '../domain/venue/events.js';
import type { RecordedEvent } from '../ports/event-store/event-store.js';
import { searchDocuments, type SearchChange } from '../read-models/search/search-documents.js';
import { unknownType, type Projection } from './projection.js';

/** Of the inventories it needs to know how many seats are left. */
export const searchProjection: Projection<SearchChange> = {
  readModel: searchDocuments,
  prefixes: [EVENT, VENUE, SEAT_INVENTORY],
  project: (recorded) => {
    const change = changeOf(recorded);
    return change && [{ ...change, position: recorded.position }];
  },
};

type Change = SearchChange extends infer C
  ? C extends unknown
    ? Omit<C, 'position'>
    : never
  : never;

function changeOf(recorded: RecordedEvent): Change | undefined {
  if (recorded.stream.startsWith(EVENT)) return ofEvent(recorded);
  if (recorded.stream.startsWith(VENUE)) return ofVenue(recorded);
  return ofInventory(recorded);
}

const edited = (eventId: string, fields: Partial<SearchedEvent>): Change => ({
  kind: 'event',
  eventId,
  fields,
});

function ofEvent({ type, data }: RecordedEvent): Change | undefined {
  const event = { type, data } as EventEvent;
  switch (event.type) {
    case 'EventScheduled': {
      const { eventId, venueId, name, startsAt, timeZone = null, category } = event.data;
      const { performers, description, prices } = event.data;
      const fields = {
        eventId,
        name,
        startsAt,
        timeZone,
        category,
        performers,
        description,
        prices,
      };
      return { kind: 'event', eventId, venueId, fields };
    }
    case 'EventRenamed':
      return edited(event.data.eventId, { name: event.data.name });
    case 'EventDescribed': {
      const { eventId, category, performers, description } = event.data;
      return edited(eventId, { category, performers, description });
    }
    case 'EventRescheduled':
      return edited(event.data.eventId, { startsAt: event.data.startsAt });
    case 'EventTimeZoneChanged':
      return edited(event.data.eventId, { timeZone: event.data.timeZone });
    case 'EventCancelled':
      return edited(event.data.eventId, { cancelled: true });
    case 'EventSalesEndChanged':
    case 'EventHoldRulesChanged':
    case 'CancellationFinished':
      return undefined;
    default:
      throw unknownType(event);
  }
}

function ofVenue({ type, data }: RecordedEvent): Change | undefined {
  const event = { type, data } as VenueEvent;
  if (event.type !== 'VenueRegistered') return undefined;
  const { venueId, name, city, country, location, timeZone } = event.data;
  return { kind: 'venue', venueId, fields: { name, city, country, location, timeZone } };
}

function ofInventory({ stream, type, data }: RecordedEvent): Change | undefined {
  const event = { type, data } as SeatInventoryEvent;
  const eventId = stream.slice(SEAT_INVENTORY.length);
  const freed = (seats: number): Change => ({
    kind: 'stock',
    eventId,
    freed: seats,
    seats: 0,
    closed: false,
  });
  switch (event.type) {
    case 'InventoryOpened': {
      const { seatCount } = event.data;
      return { kind: 'stock', eventId, freed: seatCount, seats: seatCount, closed: false };
    }
    case 'SeatsReserved':
    case 'ReservationReinstated':
    case 'SeatsBlocked':
      return freed(-event.data.seatIds.length);
    case 'ReservationExpired':
    case 'ReservationReleased':
    case 'ReservationRefunded':
    case 'SeatsUnblocked':
      return freed(event.data.seatIds.length);
    case 'SeatsExchanged':
      return freed(event.data.fromSeatIds.length - event.data.seatIds.length);
    case 'SalesClosed':
    case 'SaleCancelled':
      return { kind: 'stock', eventId, freed: 0, seats: 0, closed: true };
    case 'ReservationConfirmed':
    case 'PaymentStarted':
    case 'PaymentTurnedDown':
    case 'SaleChangeWithdrawn':
    case 'OnSaleMoved':
    case 'SalesEndMoved':
      return undefined;
    default:
      throw unknownType(event);
  }
}
