import type { SeatLayout } from '../../seating-plan/layout.js';
import type { Reservation } from './reservation.js';

/** Bytes of one chunk; a record never spans chunks. */
const CHUNK_BYTES = 64 * 1024;
/**
 * Fixed part of a record: id, three numbers, status, currency, and the lengths of digest, customer
 * and seats, which follow it.
 */
const FIXED_BYTES = 16 + 3 * 8 + 1 + 1 + 1 + 2 + 2;
const AT = { id: 0, reservedAt: 16, expiresAt: 24, amount: 32, status: 40, currency: 41 };
const AT_LENGTHS = { digest: 42, customer: 43, seats: 45 };
const SEAT_BYTES = 4;
/** Bits of the status byte. */
const RELEASED = 1;
const PAYMENT_STARTED = 2;
const MAX_CURRENCIES = 255;
/** Growth factor of the offset table; small, so that little memory is unused. */
const GROWTH = 1.25;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Digests of any version: ASCII, with a length that fits one byte. */
const DIGEST = /^[\x21-\x7e]{0,255}$/;
const LONE_SURROGATE = /\p{Cs}/u;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Reservations that ended without a sale, packed into some 140 bytes each instead of 1,100. */
export class FinishedReservations {
  readonly #layout: Pick<SeatLayout, 'seatIds' | 'indexOf'>;
  readonly #chunks: DataView[] = [];
  readonly #currencies: string[] = [];
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  /** Start of the record of each number, plus one; 0: not packed. Offsets run across chunks. */
  #offsets = new Float64Array(16);
  #end = 0;
  #count = 0;

  constructor(layout: Pick<SeatLayout, 'seatIds' | 'indexOf'>) {
    this.#layout = layout;
  }

  get count(): number {
    return this.#count;
  }

  /** Packs the reservation under its number. False if it is not finished or cannot be packed. */
  add(reservation: Reservation): boolean {
    if (!canBePacked(reservation)) return false;
    const digest = this.#encoder.encode(reservation.requestDigest);
    const customer = this.#encoder.encode(reservation.customerId);
    const currency = this.#currencyIndex(reservation.total.currency);
    const { number, seatIds } = reservation;
    const bytes = FIXED_BYTES + digest.length + customer.length + SEAT_BYTES * seatIds.length;
    if (currency < 0 || bytes > CHUNK_BYTES) return false;
    this.remove(number);
    const begin = this.#allocate(bytes);
    const { view, from } = this.#recordAt(begin);
    writeFixedPart(view, from, reservation);
    view.setUint8(from + AT.currency, currency);
    view.setUint8(from + AT_LENGTHS.digest, digest.length);
    view.setUint16(from + AT_LENGTHS.customer, customer.length);
    view.setUint16(from + AT_LENGTHS.seats, seatIds.length);
    const record = new Uint8Array(view.buffer, from + FIXED_BYTES);
    record.set(digest);
    record.set(customer, digest.length);
    let at = from + FIXED_BYTES + digest.length + customer.length;
    for (const seatId of seatIds) {
      view.setUint32(at, this.#layout.indexOf.get(seatId)!);
      at += SEAT_BYTES;
    }
    this.#setOffset(number, begin + 1);
    this.#count++;
    return true;
  }

  get(number: number): Reservation | undefined {
    const begin = this.#beginOf(number);
    if (begin < 0) return undefined;
    const { view, from } = this.#recordAt(begin);
    const status = view.getUint8(from + AT.status);
    const digestBytes = view.getUint8(from + AT_LENGTHS.digest);
    const customerBytes = view.getUint16(from + AT_LENGTHS.customer);
    const customer = from + FIXED_BYTES + digestBytes;
    const seats = customer + customerBytes;
    const textAt = (start: number, bytes: number) =>
      this.#decoder.decode(new Uint8Array(view.buffer, start, bytes));
    return {
      id: idAt(view, from),
      number,
      customerId: textAt(customer, customerBytes),
      seatIds: Array.from(
        { length: view.getUint16(from + AT_LENGTHS.seats) },
        (_, nth) => this.#layout.seatIds[view.getUint32(seats + SEAT_BYTES * nth)]!,
      ),
      status: status & RELEASED ? 'released' : 'expired',
      total: {
        amountMinor: view.getFloat64(from + AT.amount),
        currency: this.#currencies[view.getUint8(from + AT.currency)]!,
      },
      requestDigest: textAt(from + FIXED_BYTES, digestBytes),
      reservedAt: view.getFloat64(from + AT.reservedAt),
      expiresAt: view.getFloat64(from + AT.expiresAt),
      paymentStarted: (status & PAYMENT_STARTED) !== 0,
    };
  }

  idOf(number: number): string | undefined {
    const begin = this.#beginOf(number);
    if (begin < 0) return undefined;
    const { view, from } = this.#recordAt(begin);
    return idAt(view, from);
  }

  remove(number: number): void {
    const begin = this.#beginOf(number);
    if (begin < 0) return;
    // Usually the newest record is removed. The space of any other record is not reused.
    if (begin + this.#sizeAt(begin) === this.#end) this.#end = begin;
    this.#offsets[number] = 0;
    this.#count--;
  }

  /** Index of the currency, which is added if it is new; -1 if there are too many. */
  #currencyIndex(currency: string): number {
    const known = this.#currencies.indexOf(currency);
    return known >= 0 || this.#currencies.length === MAX_CURRENCIES
      ? known
      : this.#currencies.push(currency) - 1;
  }

  /** Reserves space after the last record, or at the start of the next chunk. */
  #allocate(bytes: number): number {
    const left = CHUNK_BYTES - (this.#end % CHUNK_BYTES);
    const begin = bytes <= left ? this.#end : this.#end + left;
    if (begin / CHUNK_BYTES >= this.#chunks.length)
      this.#chunks.push(new DataView(new ArrayBuffer(CHUNK_BYTES)));
    this.#end = begin + bytes;
    return begin;
  }

  #setOffset(number: number, offset: number): void {
    if (number >= this.#offsets.length) {
      const grown = new Float64Array(Math.ceil(number * GROWTH));
      grown.set(this.#offsets);
      this.#offsets = grown;
    }
    this.#offsets[number] = offset;
  }

  #beginOf(number: number): number {
    return (this.#offsets[number] || 0) - 1;
  }

  #recordAt(begin: number): { readonly view: DataView; readonly from: number } {
    return { view: this.#chunks[Math.floor(begin / CHUNK_BYTES)]!, from: begin % CHUNK_BYTES };
  }

  #sizeAt(begin: number): number {
    const { view, from } = this.#recordAt(begin);
    const seats = view.getUint16(from + AT_LENGTHS.seats);
    const texts =
      view.getUint8(from + AT_LENGTHS.digest) + view.getUint16(from + AT_LENGTHS.customer);
    return FIXED_BYTES + texts + SEAT_BYTES * seats;
  }
}

function writeFixedPart(view: DataView, from: number, reservation: Reservation): void {
  const { id, reservedAt, expiresAt, total, status, paymentStarted } = reservation;
  writeHex(view, from + AT.id, id.replaceAll('-', ''));
  view.setFloat64(from + AT.reservedAt, reservedAt);
  view.setFloat64(from + AT.expiresAt, expiresAt);
  view.setFloat64(from + AT.amount, total.amountMinor);
  const bits = (status === 'released' ? RELEASED : 0) | (paymentStarted ? PAYMENT_STARTED : 0);
  view.setUint8(from + AT.status, bits);
}

function idAt(view: DataView, from: number): string {
  const hex = readHex(view, from + AT.id, 16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

/** Whether a record can hold all fields of the reservation. Few reservations have more. */
function canBePacked(reservation: Reservation): boolean {
  const { id, status, customerId, requestDigest } = reservation;
  return (
    (status === 'expired' || status === 'released') &&
    reservation.paymentReference === undefined &&
    reservation.confirmedAt === undefined &&
    reservation.refundReason === undefined &&
    reservation.turnedDown === undefined &&
    reservation.exchanges === undefined &&
    UUID.test(id) &&
    DIGEST.test(requestDigest) &&
    // A lone surrogate would not survive the encoding.
    !LONE_SURROGATE.test(customerId)
  );
}

function writeHex(view: DataView, from: number, hex: string): void {
  for (let at = 0; at < hex.length; at += 2)
    view.setUint8(from + at / 2, parseInt(hex.slice(at, at + 2), 16));
}

function readHex(view: DataView, from: number, bytes: number): string {
  let hex = '';
  for (let at = from; at < from + bytes; at++) hex += HEX[view.getUint8(at)]!;
  return hex;
}
