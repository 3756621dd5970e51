import { EVENT, type EventEvent } from '../domain/event/events.js';
import type { SearchedEvent } from '../domain/search/document.js';
import { SEAT_INVENTORY, type SeatInventoryEvent } from '../domain/seat-inventory/events.js';
import { VENUE, type VenueEvent } from '../domain/venue/events.js';
import type { RecordedEvent } from '../ports/event-store/event-store.js';
import { searchDocuments, type SearchChange } from '../read-models/search/search-documents.js';
import { handle, type Handlers, type Projection } from './projection.js';

/** Reads inventory streams for the number of available seats. */
export const searchProjection: Projection<SearchChange> = {
  readModel: searchDocuments,
  prefixes: [EVENT, VENUE, SEAT_INVENTORY],
  project: (recorded) => {
    const change = changeFrom(recorded);
    return change && [{ ...change, position: recorded.position }];
  },
};

type Change = SearchChange extends infer C
  ? C extends unknown
    ? Omit<C, 'position'>
    : never
  : never;

function changeFrom(recorded: RecordedEvent): Change | undefined {
  if (recorded.stream.startsWith(EVENT)) return handle(EVENT_HANDLERS, recorded);
  if (recorded.stream.startsWith(VENUE)) return changeFromVenue(recorded);
  return handle(INVENTORY_HANDLERS, recorded);
}

const edited = (eventId: string, fields: Partial<SearchedEvent>): Change => ({
  kind: 'event',
  eventId,
  fields,
});

const EVENT_HANDLERS: Handlers<EventEvent, Change> = {
  EventScheduled: (data) => {
    const { eventId, venueId, name, startsAt, timeZone = null, category } = data;
    const { performers, description, prices } = data;
    const times = { startsAt, timeZone };
    const fields = { eventId, name, ...times, category, performers, description, prices };
    return { kind: 'event', eventId, venueId, fields };
  },
  EventRenamed: ({ eventId, name }) => edited(eventId, { name }),
  EventDescribed: ({ eventId, category, performers, description }) =>
    edited(eventId, { category, performers, description }),
  EventRescheduled: ({ eventId, startsAt }) => edited(eventId, { startsAt }),
  EventTimeZoneChanged: ({ eventId, timeZone }) => edited(eventId, { timeZone }),
  EventCancelled: ({ eventId }) => edited(eventId, { cancelled: true }),
  EventSalesEndChanged: null,
  EventHoldRulesChanged: null,
  CancellationFinished: null,
};

function changeFromVenue({ type, data }: RecordedEvent): Change | undefined {
  const event = { type, data } as VenueEvent;
  if (event.type !== 'VenueRegistered') return undefined;
  const { venueId, name, city, country, location, timeZone } = event.data;
  return { kind: 'venue', venueId, fields: { name, city, country, location, timeZone } };
}

interface MovedSeats {
  readonly seatIds: readonly string[];
}

type StockChange = Extract<Change, { kind: 'stock' }>;

const stock = (
  { stream }: RecordedEvent,
  freed: number,
  rest: { seats?: number; closed?: boolean } = {},
): StockChange => {
  const eventId = stream.slice(SEAT_INVENTORY.length);
  return { kind: 'stock', eventId, freed, seats: 0, closed: false, ...rest };
};

const seatsTaken = ({ seatIds }: MovedSeats, recorded: RecordedEvent) =>
  stock(recorded, -seatIds.length);
const seatsFreed = ({ seatIds }: MovedSeats, recorded: RecordedEvent) =>
  stock(recorded, seatIds.length);
const salesClosed = (_: unknown, recorded: RecordedEvent) => stock(recorded, 0, { closed: true });

const INVENTORY_HANDLERS: Handlers<SeatInventoryEvent, Change> = {
  InventoryOpened: ({ seatCount }, recorded) => stock(recorded, seatCount, { seats: seatCount }),
  SeatsReserved: seatsTaken,
  ReservationReinstated: seatsTaken,
  SeatsBlocked: seatsTaken,
  ReservationExpired: seatsFreed,
  ReservationReleased: seatsFreed,
  ReservationRefunded: seatsFreed,
  SeatsUnblocked: seatsFreed,
  SeatsExchanged: ({ fromSeatIds, seatIds }, recorded) =>
    stock(recorded, fromSeatIds.length - seatIds.length),
  SalesClosed: salesClosed,
  SaleCancelled: salesClosed,
  ReservationConfirmed: null,
  PaymentStarted: null,
  PaymentTurnedDown: null,
  SaleChangeWithdrawn: null,
  OnSaleMoved: null,
  SalesEndMoved: null,
};
