import { setImmediate } from 'node:timers/promises';
import { checkInStream, ticketIdOf } from '../domain/ticket/events.js';
import type { Actor, Client } from '../domain/shared/domain-event.js';
import { paymentStream } from '../domain/payment/events.js';
import { seatInventoryStream, type InventoryOpenedData } from '../domain/seat-inventory/events.js';
import type { EventStore, RecordedEvent } from '../ports/event-store/event-store.js';
import { sentenceOf } from './sentences.js';

/** One change, described for the settlement of disputes. */
export interface Entry {
  /** Recorded time, ISO 8601. */
  readonly at: string;
  readonly sentence: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  /** Id of the domain event. */
  readonly id: string;
  /** Account that sent the command. Null for a domain event that was inserted by hand. */
  readonly actor: Actor | null;
  /** Client that sent the command; null for background processes. */
  readonly client: Client | null;
  readonly commandId: string | null;
  readonly correlationId: string | null;
  readonly causationId: string | null;
  readonly schemaVersion: number;
  readonly data: unknown;
}

export interface Story {
  readonly entries: readonly Entry[];
  /** False when there are more than `MAX_ENTRIES`; then these are the first. */
  readonly complete: boolean;
}

/** Most entries of one history. A seat that is held and released all day has a few hundred. */
export const MAX_ENTRIES = 5_000;
/** Domain events processed before the event loop continues. */
const YIELD_EVERY = 200;
/** Most payment and check-in streams read for one history. */
const MAX_STREAMS = 500;

export interface History {
  /** Returns the opening of the inventory; undefined when the log has none. */
  opening(eventId: string): Promise<InventoryOpenedData | undefined>;
  ofSeat(eventId: string, seatId: string): Promise<Story>;
  ofReservation(eventId: string, reservationId: string): Promise<Story>;
  ofCustomer(eventId: string, customerId: string): Promise<Story>;
  /** Yields the domain events of a sale in a range of revisions, both included. */
  replay(eventId: string, from: bigint, to: bigint): AsyncGenerator<Entry>;
}

/** Ids that the data of most domain events contains. */
interface Names {
  readonly reservationId?: string;
  readonly customerId?: string;
  readonly seatIds?: readonly string[];
  readonly fromSeatIds?: readonly string[];
}

/** Domain events that concern every seat and every customer. */
const SALE_WIDE = new Set(['InventoryOpened', 'SalesClosed', 'SaleCancelled']);

/** Reads the log itself from its start, because an audit must not rely on read models. */
export function openHistory(eventStore: EventStore): History {
  return {
    opening: async (eventId) => {
      const first = eventStore.readStream(seatInventoryStream(eventId), { maxCount: 1 });
      for await (const { data } of first) return data as InventoryOpenedData;
      return undefined;
    },
    ofSeat: (eventId, seatId) => {
      /** Current or last reservation of the seat: its payment concerns the seat. */
      let last: string | undefined;
      return readHistory(
        eventStore,
        eventId,
        ({ seatIds = [], fromSeatIds = [], reservationId }, type) => {
          const named = seatIds.includes(seatId) || fromSeatIds.includes(seatId);
          if (named && seatIds.includes(seatId)) last = reservationId;
          return (
            named ||
            (OF_RESERVATION.has(type) && reservationId !== undefined && reservationId === last)
          );
        },
        (named) => named === seatId,
      );
    },
    ofReservation: async (eventId, wanted) => {
      const isWanted = ({ reservationId }: Names) => reservationId === wanted;
      const story = await readHistory(eventStore, eventId, isWanted);
      // An unknown reservation has an empty history: sale-wide events alone do not count.
      const isUnknown = story.entries.every(({ type }) => SALE_WIDE.has(type));
      return isUnknown ? { ...story, entries: [] } : story;
    },
    ofCustomer: (eventId, wanted) => {
      const reservations = new Set<string>();
      return readHistory(eventStore, eventId, ({ customerId, reservationId }) => {
        if (customerId === wanted && reservationId !== undefined) reservations.add(reservationId);
        return reservationId !== undefined && reservations.has(reservationId);
      });
    },
    replay: async function* (eventId, from, to) {
      for await (const event of inventoryEvents(eventStore, eventId, from)) {
        if (event.revision > to) return;
        yield entryOf(event);
      }
    },
  };
}

async function* inventoryEvents(
  eventStore: EventStore,
  eventId: string,
  from = 0n,
): AsyncGenerator<RecordedEvent> {
  let seen = 0;
  for await (const event of eventStore.readStream(seatInventoryStream(eventId), { from })) {
    yield event;
    // This process may be selling.
    if (++seen % YIELD_EVERY === 0) await setImmediate();
  }
}

/**
 * Reads the domain events of a sale that `concerns` selects, and the payments and check-ins of
 * their reservations.
 */
async function readHistory(
  eventStore: EventStore,
  eventId: string,
  concerns: (names: Names, type: string) => boolean,
  isSeat: (seatId: string) => boolean = () => true,
): Promise<Story> {
  const found: RecordedEvent[] = [];
  const reservations = new Map<string, Set<string>>();
  let complete = true;
  for await (const event of inventoryEvents(eventStore, eventId)) {
    const names = event.data as Names;
    if (!SALE_WIDE.has(event.type) && !concerns(names, event.type)) continue;
    if (found.length >= MAX_ENTRIES) {
      complete = false;
      break;
    }
    found.push(event);
    addSeats(reservations, names, isSeat);
  }
  const streams = relatedStreams(reservations, found);
  for (const stream of streams.slice(0, MAX_STREAMS)) {
    for await (const event of eventStore.readStream(stream)) found.push(event);
  }
  found.sort(byTime);
  if (found.length > MAX_ENTRIES || streams.length > MAX_STREAMS) complete = false;
  return { entries: found.slice(0, MAX_ENTRIES).map(entryOf), complete };
}

function addSeats(
  reservations: Map<string, Set<string>>,
  { reservationId, seatIds = [] }: Names,
  isSeat: (seatId: string) => boolean,
): void {
  if (reservationId === undefined) return;
  const seats = reservations.get(reservationId) ?? new Set();
  for (const seatId of seatIds) if (isSeat(seatId)) seats.add(seatId);
  reservations.set(reservationId, seats);
}

/** Domain events that name a reservation, but none of its seats. */
const OF_RESERVATION = new Set(['PaymentStarted', 'PaymentTurnedDown', 'SaleChangeWithdrawn']);

/** Returns the payment streams of these reservations and the check-in streams of sold seats. */
function relatedStreams(
  reservations: ReadonlyMap<string, ReadonlySet<string>>,
  found: readonly RecordedEvent[],
): string[] {
  const named = (types: readonly string[]) =>
    new Set(
      found.flatMap(({ type, data }) =>
        types.includes(type) ? [(data as Names).reservationId!] : [],
      ),
    );
  const payments = named([
    'PaymentStarted',
    'PaymentTurnedDown',
    'ReservationConfirmed',
    'SeatsExchanged',
  ]);
  const sold = named(['ReservationConfirmed', 'SeatsExchanged']);
  const tickets = [...sold].flatMap((reservationId) =>
    [...(reservations.get(reservationId) ?? [])].map((seatId) =>
      checkInStream(ticketIdOf(reservationId, seatId)),
    ),
  );
  return [...[...payments].map(paymentStream), ...tickets];
}

function byTime(a: RecordedEvent, b: RecordedEvent): number {
  if (a.stream === b.stream) return Number(a.revision - b.revision);
  return a.recordedAt - b.recordedAt || (a.stream < b.stream ? -1 : 1);
}

export function entryOf({
  stream,
  revision,
  id,
  type,
  data,
  metadata,
  recordedAt,
}: RecordedEvent): Entry {
  const known = metadata as Partial<RecordedEvent['metadata']>;
  return {
    at: new Date(recordedAt).toISOString(),
    sentence: sentenceOf(type, data),
    type,
    stream,
    revision: Number(revision),
    id,
    actor: known.actor ?? null,
    client: known.client ?? null,
    commandId: known.commandId ?? null,
    correlationId: known.$correlationId ?? null,
    causationId: known.$causationId ?? null,
    schemaVersion: known.schemaVersion ?? 1,
    data,
  };
}
