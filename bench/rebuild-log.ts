import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '../src/domain/shared/domain-event.js';
import { seatInventoryStream } from '../src/domain/seat-inventory/events.js';
import type { EventStore, NewEvent } from '../src/ports/event-store/event-store.js';

/** Seats of one venue. */
const HALL = 54_000;
/** Concurrent reservations, as in a crowd. */
const CROWD = 128;
/** Domain events per append. */
const APPEND = 500;

/**
 * Sells out venues, two seats at a time, until the log has the given number of domain events. A
 * hold is paid after all concurrent ones were made.
 */
export async function appendSales(
  eventStore: EventStore,
  events: number,
  onProgress: (events: number) => void,
): Promise<number> {
  let written = 0;
  for (let hall = 0; written < events; hall++) {
    const stream = seatInventoryStream(`bench-${hall}`);
    let revision: bigint | 'no-stream' = 'no-stream';
    let batch: NewEvent[] = [];
    const flush = async () => {
      if (batch.length === 0) return;
      const { revision: last } = await eventStore.append(stream, revision, batch);
      revision = last;
      written += batch.length;
      batch = [];
    };
    for (const event of sellOut(hall)) {
      if (written + batch.length >= events) break;
      batch.push(newEvent(event));
      if (batch.length === APPEND) await flush();
    }
    await flush();
    onProgress(written);
  }
  return written;
}

function* sellOut(hall: number): Generator<DomainEvent> {
  const at = new Date(Date.UTC(2026, 0, 1)).toISOString();
  const later = new Date(Date.UTC(2100, 0, 1)).toISOString();
  yield {
    type: 'InventoryOpened',
    data: {
      ...{
        eventId: `bench-${hall}`,
        seatingPlanHash: 'b'.repeat(64),
        seatCount: HALL,
        onSaleAt: null,
      },
      prices: [{ category: 'Standard', amountMinor: 5_000, currency: 'EUR' }],
      rules: { holdSeconds: 600, maxSeatsPerCustomer: 100, singleSeatRule: 'off' },
      openedAt: at,
    },
  };
  const pairs = HALL / 2;
  const seatsOf = (pair: number) =>
    [2 * pair, 2 * pair + 1].map((seat) => `${Math.floor(seat / 50) + 1}-${(seat % 50) + 1}`);
  const idOf = (pair: number) =>
    `${String(hall).padStart(8, '0')}-0000-5000-8000-${String(pair).padStart(12, '0')}`;
  for (let pair = 0; pair < pairs + CROWD; pair++) {
    if (pair < pairs) {
      yield {
        type: 'SeatsReserved',
        data: {
          ...{ reservationId: idOf(pair), customerId: `customer-${pair}`, seatIds: seatsOf(pair) },
          ...{ total: { amountMinor: 10_000, currency: 'EUR' }, reservedAt: at, expiresAt: later },
        },
      };
    }
    const paid = pair - CROWD;
    if (paid < 0) continue;
    const confirmed = { reservationId: idOf(paid), seatIds: seatsOf(paid), confirmedAt: at };
    yield {
      type: 'ReservationConfirmed',
      data: {
        ...confirmed,
        paymentReference: `pay_${hall}_${paid}`,
        total: { amountMinor: 10_000, currency: 'EUR' },
      },
    };
  }
}

function newEvent({ type, data }: DomainEvent): NewEvent {
  const id = randomUUID();
  return {
    ...{ id, type, data },
    metadata: {
      ...{ $correlationId: id, $causationId: id, commandId: id, schemaVersion: 1 },
      actor: { id: 'bench', role: 'customer' },
    },
  };
}
