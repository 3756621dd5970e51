import type { Reservation, SeatInventory } from '../domain/seat-inventory/state.js';
import type { SeatLayout } from '../domain/seating-plan/layout.js';

type Plain = Omit<Reservation, 'number' | 'seatIds' | 'total'>;
type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type Columns = { [Name in keyof Plain]-?: Plain[Name][] };

/**
 * All reservations of an inventory, a column for each of their fields: written in a fraction of the time that as many records take,
 * while the sale stands still. Seats are numbers of the plan, those of one reservation after those of another.
 */
export interface PackedReservations {
  readonly plain: Columns;
  readonly amounts: number[];
  readonly currencies: string[];
  readonly seatCounts: number[];
  readonly seats: Uint32Array;
}

export function packReservations({ reservations, layout }: SeatInventory): PackedReservations {
  const all = reservations.slice(1) as Reservation[];
  return {
    plain: {
      id: all.map(({ id }) => id),
      customerId: all.map(({ customerId }) => customerId),
      status: all.map(({ status }) => status),
      requestDigest: all.map(({ requestDigest }) => requestDigest),
      reservedAt: all.map(({ reservedAt }) => reservedAt),
      expiresAt: all.map(({ expiresAt }) => expiresAt),
      paymentStarted: all.map(({ paymentStarted }) => paymentStarted),
      confirmedAt: all.map(({ confirmedAt }) => confirmedAt),
      paymentReference: all.map(({ paymentReference }) => paymentReference),
      refundReason: all.map(({ refundReason }) => refundReason),
      turnedDown: all.map(({ turnedDown }) => turnedDown),
      exchanges: all.map(({ exchanges }) => exchanges),
    },
    amounts: all.map(({ total }) => total.amountMinor),
    currencies: all.map(({ total }) => total.currency),
    seatCounts: all.map(({ seatIds }) => seatIds.length),
    seats: Uint32Array.from(
      all.flatMap(({ seatIds }) => seatIds.map((seatId) => layout.indexOf.get(seatId)!)),
    ),
  };
}

/** In the order of their numbers, from 1. */
export function* unpackReservations(packed: PackedReservations, layout: SeatLayout): Generator<Reservation> {
  const { plain, amounts, currencies, seatCounts, seats } = packed;
  let seat = 0;
  for (let at = 0; at < amounts.length; at++) {
    const seatIds: string[] = [];
    for (let left = seatCounts[at]!; left > 0; left--) seatIds.push(layout.seatIds[seats[seat++]!]!);
    const reservation: Mutable<Reservation> = {
      id: plain.id[at]!,
      number: at + 1,
      customerId: plain.customerId[at]!,
      seatIds,
      status: plain.status[at]!,
      total: { amountMinor: amounts[at]!, currency: currencies[at]! },
      requestDigest: plain.requestDigest[at]!,
      reservedAt: plain.reservedAt[at]!,
      expiresAt: plain.expiresAt[at]!,
      paymentStarted: plain.paymentStarted[at]!,
    };
    // One by one: there are a hundred thousand of them, and whoever loads the sale waits.
    const [paymentReference, confirmedAt] = [plain.paymentReference[at], plain.confirmedAt[at]];
    if (paymentReference !== undefined) reservation.paymentReference = paymentReference;
    if (confirmedAt !== undefined) reservation.confirmedAt = confirmedAt;
    if (plain.refundReason[at] !== undefined) reservation.refundReason = plain.refundReason[at];
    if (plain.turnedDown[at] !== undefined) reservation.turnedDown = plain.turnedDown[at];
    if (plain.exchanges[at] !== undefined) reservation.exchanges = plain.exchanges[at];
    yield reservation;
  }
}
