import { setImmediate } from 'node:timers/promises';
import { checkInStream, ticketIdOf } from '../domain/ticket/events.js';
import type { Actor, Client } from '../domain/shared/domain-event.js';
import { paymentStream } from '../domain/payment/events.js';
import { seatInventoryStream, type InventoryOpenedData } from '../domain/seat-inventory/events.js';
import type { EventStore, RecordedEvent } from '../ports/event-store/event-store.js';
import { sentenceOf } from './sentences.js';

/** One change, as whoever settles a dispute reads it. */
export interface Entry {
  /** When the log took it; ISO 8601. */
  readonly at: string;
  readonly sentence: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  /** Of the domain event. */
  readonly id: string;
  /** Who asked. Null in a domain event that was put in by hand. */
  readonly actor: Actor | null;
  /** From where; null when it came from a process. */
  readonly client: Client | null;
  readonly commandId: string | null;
  readonly correlationId: string | null;
  readonly causationId: string | null;
  readonly schemaVersion: number;
  readonly data: unknown;
}

export interface Story {
  readonly entries: readonly Entry[];
  /** False when there is more than `MAX_ENTRIES`; then these are the first. */
  readonly complete: boolean;
}

/** Entries of one story. A seat that is held and given back all day long has a few hundred. */
export const MAX_ENTRIES = 5_000;
/** Domain events looked through before others have their turn. */
const BREATH = 200;
/** Further streams of one story that are read: payments and check-ins. */
const MAX_STREAMS = 500;

export interface History {
  /** The sale itself; undefined when the log has none. */
  opening(eventId: string): Promise<InventoryOpenedData | undefined>;
  ofSeat(eventId: string, seatId: string): Promise<Story>;
  ofReservation(eventId: string, reservationId: string): Promise<Story>;
  ofCustomer(eventId: string, customerId: string): Promise<Story>;
  /** The domain events of a sale from a revision up to and with another, as the log has them, to the end if it comes first. */
  replay(eventId: string, from: bigint, to: bigint): AsyncGenerator<Entry>;
}

/** Of the data of most domain events. */
interface Names {
  readonly reservationId?: string;
  readonly customerId?: string;
  readonly seatIds?: readonly string[];
  readonly fromSeatIds?: readonly string[];
}

/** What concerns every seat and every customer. */
const OF_ALL = new Set(['InventoryOpened', 'SalesClosed', 'SaleCancelled']);

/** Reads the log itself, from its beginning: nothing that was worked out from it could be held against it. */
export function openHistory(eventStore: EventStore): History {
  async function* inventory(eventId: string, from = 0n): AsyncGenerator<RecordedEvent> {
    let seen = 0;
    for await (const event of eventStore.readStream(seatInventoryStream(eventId), { from })) {
      yield event;
      // A shop may be selling in this process.
      if (++seen % BREATH === 0) await setImmediate();
    }
  }

  /** What `concerns` picks of the sale, and the money and the check-ins of the reservations in it. */
  const tell = async (
    eventId: string,
    concerns: (names: Names, type: string) => boolean,
    isSeat: (seatId: string) => boolean = () => true,
  ): Promise<Story> => {
    const found: RecordedEvent[] = [];
    const reservations = new Map<string, Set<string>>();
    let complete = true;
    for await (const event of inventory(eventId)) {
      const names = event.data as Names;
      if (!OF_ALL.has(event.type) && !concerns(names, event.type)) continue;
      if (found.length >= MAX_ENTRIES) {
        complete = false;
        break;
      }
      found.push(event);
      if (names.reservationId === undefined) continue;
      const seats = reservations.get(names.reservationId) ?? new Set();
      for (const seatId of names.seatIds ?? []) if (isSeat(seatId)) seats.add(seatId);
      reservations.set(names.reservationId, seats);
    }
    const streams = further(reservations, found);
    for (const stream of streams.slice(0, MAX_STREAMS)) {
      for await (const event of eventStore.readStream(stream)) found.push(event);
    }
    found.sort(byTime);
    if (found.length > MAX_ENTRIES || streams.length > MAX_STREAMS) complete = false;
    return { entries: found.slice(0, MAX_ENTRIES).map(entryOf), complete };
  };

  return {
    opening: async (eventId) => {
      for await (const { data } of eventStore.readStream(seatInventoryStream(eventId), {
        maxCount: 1,
      }))
        return data as InventoryOpenedData;
      return undefined;
    },
    ofSeat: (eventId, seatId) => {
      /** Whose payment is a matter of this seat: who has it, or had it last. */
      let last: string | undefined;
      return tell(
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
    ofReservation: (eventId, wanted) =>
      tell(eventId, ({ reservationId }) => reservationId === wanted).then((story) =>
        // Without it there is nothing but the sale itself.
        story.entries.every(({ type }) => OF_ALL.has(type)) ? { ...story, entries: [] } : story,
      ),
    ofCustomer: (eventId, wanted) => {
      const theirs = new Set<string>();
      return tell(eventId, ({ customerId, reservationId }) => {
        if (customerId === wanted && reservationId !== undefined) theirs.add(reservationId);
        return reservationId !== undefined && theirs.has(reservationId);
      });
    },
    replay: async function* (eventId, from, to) {
      for await (const event of inventory(eventId, from)) {
        if (event.revision > to) return;
        yield entryOf(event);
      }
    },
  };
}

/** Domain events that name a reservation and none of its seats. */
const OF_RESERVATION = new Set(['PaymentStarted', 'PaymentTurnedDown', 'SaleChangeWithdrawn']);

/** Streams beside that of the sale: the money of reservations that came so far, and the tickets of what was sold. */
function further(
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
