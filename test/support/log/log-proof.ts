import type { SeatInventoryEvent } from '../../../src/domain/seat-inventory/events.js';

type Status = 'held' | 'confirmed' | 'expired' | 'released' | 'refunded';

/** What a seat inventory's log says, read without the product's own fold. */
export interface LogProof {
  /** Reservation that holds or owns the seat. */
  readonly holderOf: ReadonlyMap<string, string>;
  readonly statusOf: ReadonlyMap<string, Status>;
  readonly seatsOf: ReadonlyMap<string, readonly string[]>;
  /** Seats of confirmed reservations. */
  readonly sold: readonly string[];
}

interface Logged {
  readonly revision: bigint;
  readonly type: string;
  readonly data: unknown;
}

/** Reads the whole log of one inventory. @throws as `openLogReader` */
export function proveLog(log: readonly Logged[]): LogProof {
  const reader = openLogReader();
  for (const event of log) reader.read(event);
  return reader.proof();
}

export interface LogReader {
  /**
   * @throws when a revision is missing, a seat is given to two at once, or a reservation does what
   *   its state forbids
   */
  read(event: Logged): void;
  /** What has been read so far. */
  proof(): LogProof;
}

export function openLogReader(): LogReader {
  const reading: Reading = {
    holderOf: new Map(),
    statusOf: new Map(),
    seatsOf: new Map(),
    blocked: new Set(),
  };
  let next = 0n;
  return {
    read: (event) => {
      const fault =
        event.revision === next ? faultOf(event, reading) : `revision ${next} is missing`;
      if (fault)
        throw new Error(`The log is wrong at revision ${event.revision}, ${event.type}: ${fault}.`);
      next++;
    },
    proof: () => {
      const sold = [...reading.holderOf].filter(
        ([, holder]) => reading.statusOf.get(holder) === 'confirmed',
      );
      return { ...reading, sold: sold.map(([seatId]) => seatId) };
    },
  };
}

interface Reading {
  holderOf: Map<string, string>;
  statusOf: Map<string, Status>;
  seatsOf: Map<string, readonly string[]>;
  blocked: Set<string>;
}

function faultOf(event: Logged, reading: Reading): string | undefined {
  const { type, data } = event as unknown as SeatInventoryEvent;
  const { holderOf, statusOf, seatsOf, blocked } = reading;
  const give = (id: string, seatIds: readonly string[]) => {
    const taken = seatIds.filter((seatId) => holderOf.has(seatId) || blocked.has(seatId));
    for (const seatId of seatIds) holderOf.set(seatId, id);
    statusOf.set(id, 'held');
    seatsOf.set(id, seatIds);
    return taken.length > 0 ? `${taken.join(', ')} taken already` : undefined;
  };
  const move = (id: string, seatIds: readonly string[], from: Status, to: Status) => {
    if (statusOf.get(id) !== from) return `${id} is ${statusOf.get(id)}, not ${from}`;
    if (seatIds.join() !== seatsOf.get(id)!.join()) return `${id} has other seats`;
    if (seatIds.some((seatId) => holderOf.get(seatId) !== id))
      return `${id} does not hold its seats`;
    statusOf.set(id, to);
    if (to !== 'confirmed') for (const seatId of seatIds) holderOf.delete(seatId);
    return undefined;
  };
  switch (type) {
    case 'InventoryOpened':
      return event.revision === 0n ? undefined : 'opened twice';
    case 'SeatsReserved':
      return statusOf.has(data.reservationId)
        ? `${data.reservationId} was made before`
        : give(data.reservationId, data.seatIds);
    case 'PaymentStarted':
      return statusOf.get(data.reservationId) === 'held'
        ? undefined
        : `${data.reservationId} is not held`;
    case 'ReservationConfirmed':
      return move(data.reservationId, data.seatIds, 'held', 'confirmed');
    case 'ReservationExpired':
      return move(data.reservationId, data.seatIds, 'held', 'expired');
    case 'ReservationReleased':
      return move(data.reservationId, data.seatIds, 'held', 'released');
    case 'ReservationRefunded':
      return move(data.reservationId, data.seatIds, 'confirmed', 'refunded');
    case 'ReservationReinstated': {
      const is = statusOf.get(data.reservationId);
      return is === 'expired' || is === 'released'
        ? give(data.reservationId, data.seatIds)
        : `${data.reservationId} is ${is}`;
    }
    case 'SeatsBlocked':
    case 'SeatsUnblocked': {
      const held = data.seatIds.filter((seatId) => holderOf.has(seatId));
      for (const seatId of data.seatIds) {
        if (type === 'SeatsBlocked') blocked.add(seatId);
        else blocked.delete(seatId);
      }
      return held.length > 0 ? `${held.join(', ')} belong to customers` : undefined;
    }
    case 'SeatsExchanged': {
      const { reservationId, fromSeatIds, seatIds } = data;
      const fault =
        move(reservationId, fromSeatIds, 'confirmed', 'refunded') ?? give(reservationId, seatIds);
      statusOf.set(reservationId, 'confirmed');
      return fault;
    }
    case 'PaymentTurnedDown':
    case 'SaleChangeWithdrawn':
    case 'SaleCancelled':
    case 'OnSaleMoved':
    case 'SalesEndMoved':
    case 'SalesClosed':
      return undefined;
  }
}
