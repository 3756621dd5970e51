import { openFinishedReservations } from './finished-reservations.js';
import type { Reservation } from './reservation.js';

/**
 * All reservations of an inventory by number, from 1, and by id. Those that ended unpaid are
 * packed: a sale has a hundred times as many of them as seats, and they are kept for good, so that
 * a repeated request gets the same answer. A packed one is unpacked at each access.
 */
export interface Reservations extends Iterable<Reservation> {
  /** Number of reservations; also the number of the newest. */
  readonly count: number;
  /** Number of packed reservations. */
  readonly finished: number;
  /**
   * Those that are not packed, by number: every held, confirmed or refunded one, and few others.
   */
  unpacked(): Iterable<Reservation>;
  get(number: number): Reservation | undefined;
  numberOf(reservationId: string): number | undefined;
  /** Stores the reservation under its number: an existing one, or the next. */
  set(reservation: Reservation): void;
  removeNewest(): void;
}

const FIRST_CAPACITY = 16;
/** Load factor at which the table grows. */
const MAX_LOAD = 0.75;
/** Constants of the FNV-1a hash of an id. */
const FNV = { offset: 0x811c9dc5, prime: 0x01000193 };

export function openReservations(layoutSeats: {
  readonly seatIds: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
}): Reservations {
  const packed = openFinishedReservations(layoutSeats);
  const open = new Map<number, Reservation>();
  /** Open-addressing table of hash and number; number 0: free. An entry may be outdated. */
  let table = new Uint32Array(2 * FIRST_CAPACITY);
  let used = 0;
  let count = 0;

  const get = (number: number) => open.get(number) ?? packed.get(number);
  const idOf = (number: number) => open.get(number)?.id ?? packed.idOf(number);

  /** Slot of the id, or the free slot for it. */
  const placeOf = (id: string, hash: number): number => {
    const mask = table.length / 2 - 1;
    let place = hash & mask;
    while (table[2 * place + 1] !== 0) {
      if (table[2 * place] === hash && idOf(table[2 * place + 1]!) === id) break;
      place = (place + 1) & mask;
    }
    return place;
  };
  const enter = (id: string, number: number) => {
    const hash = hashOf(id);
    const place = placeOf(id, hash);
    if (table[2 * place + 1] === 0) used++;
    table[2 * place] = hash;
    table[2 * place + 1] = number;
  };
  const makeRoom = () => {
    let capacity = table.length / 2;
    if (used + 1 <= capacity * MAX_LOAD) return;
    if (count + 1 > (capacity * MAX_LOAD) / 2) capacity *= 2;
    table = new Uint32Array(2 * capacity);
    used = 0;
    for (let number = 1; number <= count; number++) enter(idOf(number)!, number);
  };

  return {
    get count() {
      return count;
    },
    get finished() {
      return packed.count;
    },
    *unpacked() {
      for (const number of Uint32Array.from(open.keys()).sort()) yield open.get(number)!;
    },
    get,
    numberOf: (id) => table[2 * placeOf(id, hashOf(id)) + 1] || undefined,
    set: (reservation) => {
      const { id, number } = reservation;
      if (number > count) {
        makeRoom();
        count = number;
        packed.remove(number);
        open.set(number, reservation);
        enter(id, number);
      }
      if (packed.add(reservation)) open.delete(number);
      else {
        packed.remove(number);
        open.set(number, reservation);
      }
    },
    removeNewest: () => {
      open.delete(count);
      packed.remove(count);
      count--;
    },
    *[Symbol.iterator]() {
      for (let number = 1; number <= count; number++) yield get(number)!;
    },
  };
}

function hashOf(id: string): number {
  let hash = FNV.offset;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), FNV.prime);
  return hash >>> 0;
}
