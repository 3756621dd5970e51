import type { Reservation } from './reservation.js';

/** Reservations that ended without a sale, in some 140 bytes each instead of 1,100. */
export interface FinishedReservations {
  readonly count: number;
  /** Packs the reservation under its number; false if it cannot be packed or is not finished. */
  add(reservation: Reservation): boolean;
  get(number: number): Reservation | undefined;
  idOf(number: number): string | undefined;
  remove(number: number): void;
}

/** Bytes of one chunk; a record never spans chunks. */
const CHUNK_BYTES = 64 * 1024;
/**
 * Fixed part of a record: id, three numbers, status, currency, lengths of digest, customer and
 * seats. These three follow.
 */
const FIXED_BYTES = 16 + 3 * 8 + 1 + 1 + 1 + 2 + 2;
const AT = { id: 0, reservedAt: 16, expiresAt: 24, amount: 32, status: 40, currency: 41 };
const AT_LENGTHS = { digest: 42, customer: 43, seats: 45 };
const SEAT_BYTES = 4;
/** A bit of the status byte. */
const PAYMENT_STARTED = 2;
const MAX_CURRENCIES = 255;
/** Growth factor of the offset table; small, so that little memory is unused. */
const GROWTH = 1.25;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Digests of any release: ASCII, as long as one byte can say. */
const DIGEST = /^[\x21-\x7e]{0,255}$/;
const HALF_CHARACTER = /\p{Cs}/u;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function openFinishedReservations(layout: {
  readonly seatIds: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
}): FinishedReservations {
  const chunks: DataView[] = [];
  const currencies: string[] = [];
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
  /** Start of the record of each number, plus one; 0: not packed. Offsets run across chunks. */
  let offsets = new Float64Array(16);
  let end = 0;
  let count = 0;

  const currencyOf = (currency: string): number => {
    const known = currencies.indexOf(currency);
    return known >= 0 || currencies.length === MAX_CURRENCIES
      ? known
      : currencies.push(currency) - 1;
  };

  /**
   * Offset for a record of this size: after the last one, or at the beginning of the next chunk.
   */
  const roomFor = (bytes: number): number => {
    const left = CHUNK_BYTES - (end % CHUNK_BYTES);
    const begin = bytes <= left ? end : end + left;
    if (begin / CHUNK_BYTES >= chunks.length)
      chunks.push(new DataView(new ArrayBuffer(CHUNK_BYTES)));
    end = begin + bytes;
    return begin;
  };
  const recordAt = (begin: number) => ({
    view: chunks[Math.floor(begin / CHUNK_BYTES)]!,
    from: begin % CHUNK_BYTES,
  });
  const beginOf = (number: number) => (offsets[number] || 0) - 1;
  const sizeAt = (begin: number) => {
    const { view, from } = recordAt(begin);
    const seats = view.getUint16(from + AT_LENGTHS.seats);
    const texts =
      view.getUint8(from + AT_LENGTHS.digest) + view.getUint16(from + AT_LENGTHS.customer);
    return FIXED_BYTES + texts + SEAT_BYTES * seats;
  };

  const remove = (number: number) => {
    const begin = beginOf(number);
    if (begin < 0) return;
    // Usually the newest record is removed; the space of any other is not reused.
    if (begin + sizeAt(begin) === end) end = begin;
    offsets[number] = 0;
    count--;
  };

  const add = (reservation: Reservation): boolean => {
    if (!canBePacked(reservation)) return false;
    const digest = encoder.encode(reservation.requestDigest);
    const customer = encoder.encode(reservation.customerId);
    const currency = currencyOf(reservation.total.currency);
    const { number, seatIds } = reservation;
    const bytes = FIXED_BYTES + digest.length + customer.length + SEAT_BYTES * seatIds.length;
    if (currency < 0 || bytes > CHUNK_BYTES) return false;
    remove(number);
    const begin = roomFor(bytes);
    const { view, from } = recordAt(begin);
    writeHex(view, from + AT.id, reservation.id.replaceAll('-', ''));
    view.setFloat64(from + AT.reservedAt, reservation.reservedAt);
    view.setFloat64(from + AT.expiresAt, reservation.expiresAt);
    view.setFloat64(from + AT.amount, reservation.total.amountMinor);
    const isReleased = reservation.status === 'released' ? 1 : 0;
    view.setUint8(
      from + AT.status,
      isReleased | (reservation.paymentStarted ? PAYMENT_STARTED : 0),
    );
    view.setUint8(from + AT.currency, currency);
    view.setUint8(from + AT_LENGTHS.digest, digest.length);
    view.setUint16(from + AT_LENGTHS.customer, customer.length);
    view.setUint16(from + AT_LENGTHS.seats, seatIds.length);
    const record = new Uint8Array(view.buffer, from + FIXED_BYTES);
    record.set(digest);
    record.set(customer, digest.length);
    let at = from + FIXED_BYTES + digest.length + customer.length;
    for (const seatId of seatIds) {
      view.setUint32(at, layout.indexOf.get(seatId)!);
      at += SEAT_BYTES;
    }
    if (number >= offsets.length) {
      const grown = new Float64Array(Math.ceil(number * GROWTH));
      grown.set(offsets);
      offsets = grown;
    }
    offsets[number] = begin + 1;
    count++;
    return true;
  };

  const idAt = (begin: number) => {
    const { view, from } = recordAt(begin);
    const hex = readHex(view, from + AT.id, 16);
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      hex.slice(12, 16),
      hex.slice(16, 20),
      hex.slice(20),
    ].join('-');
  };

  const get = (number: number): Reservation | undefined => {
    const begin = beginOf(number);
    if (begin < 0) return undefined;
    const { view, from } = recordAt(begin);
    const status = view.getUint8(from + AT.status);
    const digestBytes = view.getUint8(from + AT_LENGTHS.digest);
    const customerBytes = view.getUint16(from + AT_LENGTHS.customer);
    const customer = from + FIXED_BYTES + digestBytes;
    const seats = customer + customerBytes;
    const textAt = (begins: number, bytes: number) =>
      decoder.decode(new Uint8Array(view.buffer, begins, bytes));
    return {
      id: idAt(begin),
      number,
      customerId: textAt(customer, customerBytes),
      seatIds: Array.from(
        { length: view.getUint16(from + AT_LENGTHS.seats) },
        (_, nth) => layout.seatIds[view.getUint32(seats + SEAT_BYTES * nth)]!,
      ),
      status: status & 1 ? 'released' : 'expired',
      total: {
        amountMinor: view.getFloat64(from + AT.amount),
        currency: currencies[view.getUint8(from + AT.currency)]!,
      },
      requestDigest: textAt(from + FIXED_BYTES, digestBytes),
      reservedAt: view.getFloat64(from + AT.reservedAt),
      expiresAt: view.getFloat64(from + AT.expiresAt),
      paymentStarted: (status & PAYMENT_STARTED) !== 0,
    };
  };

  return {
    get count() {
      return count;
    },
    add,
    get,
    idOf: (number) => {
      const begin = beginOf(number);
      return begin < 0 ? undefined : idAt(begin);
    },
    remove,
  };
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
    !HALF_CHARACTER.test(customerId)
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
