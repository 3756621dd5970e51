import type { SeatLayout } from '../../seating-plan/layout.js';
import { FinishedReservations } from './finished-reservations.js';
import type { Reservation } from './reservation.js';

const FIRST_CAPACITY = 16;
/** Load factor at which the table grows. */
const MAX_LOAD = 0.75;
/** Constants of the FNV-1a hash of an id. */
const FNV = { offset: 0x811c9dc5, prime: 0x01000193 };

/**
 * All reservations of an inventory, by number from 1 and by id. Reservations that ended without a
 * sale are packed: a sale has a hundred times as many of them as seats, and they are kept for good,
 * so that a repeated request gets the same answer. A packed reservation is unpacked at each access.
 */
export class Reservations implements Iterable<Reservation> {
  readonly #packed: FinishedReservations;
  readonly #unpacked = new Map<number, Reservation>();
  /** Open-addressing table of hash and number; number 0: free. An entry may be outdated. */
  #table = new Uint32Array(2 * FIRST_CAPACITY);
  #used = 0;
  #count = 0;

  constructor(layout: Pick<SeatLayout, 'seatIds' | 'indexOf'>) {
    this.#packed = new FinishedReservations(layout);
  }

  /** Number of reservations, which is also the number of the newest one. */
  get count(): number {
    return this.#count;
  }

  /** Number of packed reservations. */
  get finished(): number {
    return this.#packed.count;
  }

  /** Unpacked reservations by number: all held, confirmed and refunded ones, and few others. */
  *unpacked(): Generator<Reservation> {
    for (const number of Uint32Array.from(this.#unpacked.keys()).sort())
      yield this.#unpacked.get(number)!;
  }

  get(number: number): Reservation | undefined {
    return this.#unpacked.get(number) ?? this.#packed.get(number);
  }

  numberOf(reservationId: string): number | undefined {
    const slot = this.#slotOf(reservationId, hashOf(reservationId));
    return this.#table[2 * slot + 1] || undefined;
  }

  /** Stores the reservation under its number: an existing one, or the next. */
  set(reservation: Reservation): void {
    const { id, number } = reservation;
    if (number > this.#count) {
      this.#reserveSlot();
      this.#count = number;
      this.#packed.remove(number);
      this.#unpacked.set(number, reservation);
      this.#enter(id, number);
    }
    if (this.#packed.add(reservation)) this.#unpacked.delete(number);
    else {
      this.#packed.remove(number);
      this.#unpacked.set(number, reservation);
    }
  }

  removeNewest(): void {
    this.#unpacked.delete(this.#count);
    this.#packed.remove(this.#count);
    this.#count--;
  }

  *[Symbol.iterator](): Generator<Reservation> {
    for (let number = 1; number <= this.#count; number++) yield this.get(number)!;
  }

  #idOf(number: number): string | undefined {
    return this.#unpacked.get(number)?.id ?? this.#packed.idOf(number);
  }

  /** Returns the slot of the id, or the free slot for it. */
  #slotOf(id: string, hash: number): number {
    const table = this.#table;
    const mask = table.length / 2 - 1;
    let slot = hash & mask;
    while (table[2 * slot + 1] !== 0) {
      if (table[2 * slot] === hash && this.#idOf(table[2 * slot + 1]!) === id) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #enter(id: string, number: number): void {
    const hash = hashOf(id);
    const slot = this.#slotOf(id, hash);
    if (this.#table[2 * slot + 1] === 0) this.#used++;
    this.#table[2 * slot] = hash;
    this.#table[2 * slot + 1] = number;
  }

  /** Rebuilds the table if one more entry would exceed its load, and doubles it if needed. */
  #reserveSlot(): void {
    let capacity = this.#table.length / 2;
    if (this.#used + 1 <= capacity * MAX_LOAD) return;
    if (this.#count + 1 > (capacity * MAX_LOAD) / 2) capacity *= 2;
    this.#table = new Uint32Array(2 * capacity);
    this.#used = 0;
    for (let number = 1; number <= this.#count; number++) this.#enter(this.#idOf(number)!, number);
  }
}

function hashOf(id: string): number {
  let hash = FNV.offset;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), FNV.prime);
  return hash >>> 0;
}
