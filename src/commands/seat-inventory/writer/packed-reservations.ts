import type { Money } from '../../../domain/shared/money.js';
import type {
  Reservation,
  ReservationStatus,
} from '../../../domain/seat-inventory/state/reservation.js';
import type { SeatInventory } from '../../../domain/seat-inventory/state/state.js';
import type { SeatLayout } from '../../../domain/seating-plan/layout.js';

/** Texts of one field of all reservations: joined, unless one of them contains the separator. */
type Texts = string | string[];
const BETWEEN = '\n';

/** In the order of their codes. Never reordered within one fold version. */
const STATUSES: readonly ReservationStatus[] = [
  'held',
  'confirmed',
  'expired',
  'released',
  'refunded',
];

/**
 * All reservations of an inventory, with one column per field: columns are written and read in a
 * fraction of the time of as many records, during which the sale stops. Seats are indices of the
 * layout, reservation after reservation.
 */
export interface PackedReservations {
  readonly ids: Texts;
  readonly customerIds: Texts;
  readonly requestDigests: Texts;
  readonly paymentReferences: Texts;
  readonly refundReasons: Texts;
  readonly statuses: Uint8Array;
  readonly paymentStarted: Uint8Array;
  readonly reservedAt: Float64Array;
  readonly expiresAt: Float64Array;
  /** NaN if missing. */
  readonly confirmedAt: Float64Array;
  readonly amounts: Float64Array;
  readonly currencies: Texts;
  readonly seatCounts: Uint32Array;
  readonly seats: Uint32Array;
  /** Fields that few reservations have, by number. */
  readonly turnedDown: readonly (readonly [number, NonNullable<Reservation['turnedDown']>])[];
  readonly exchanges: readonly (readonly [number, NonNullable<Reservation['exchanges']>])[];
  readonly withdrawn: readonly (readonly [number, NonNullable<Reservation['withdrawn']>])[];
}

export function packReservations({ reservations, layout }: SeatInventory): PackedReservations {
  const { count } = reservations;
  const ids: string[] = [];
  const customerIds: string[] = [];
  const requestDigests: string[] = [];
  const paymentReferences: string[] = [];
  const refundReasons: string[] = [];
  const currencies: string[] = [];
  const statuses = new Uint8Array(count);
  const paymentStarted = new Uint8Array(count);
  const reservedAt = new Float64Array(count);
  const expiresAt = new Float64Array(count);
  const confirmedAt = new Float64Array(count);
  const amounts = new Float64Array(count);
  const seatCounts = new Uint32Array(count);
  const seats: number[] = [];
  const turnedDown: PackedReservations['turnedDown'][number][] = [];
  const exchanges: PackedReservations['exchanges'][number][] = [];
  const withdrawn: PackedReservations['withdrawn'][number][] = [];

  let at = 0;
  // One at a time, because packed reservations are unpacked for this loop only.
  for (const reservation of reservations) {
    const { number, total } = reservation;
    ids.push(reservation.id);
    customerIds.push(reservation.customerId);
    requestDigests.push(reservation.requestDigest);
    paymentReferences.push(reservation.paymentReference ?? '');
    refundReasons.push(reservation.refundReason ?? '');
    currencies.push(total.currency);
    statuses[at] = STATUSES.indexOf(reservation.status);
    paymentStarted[at] = Number(reservation.paymentStarted);
    reservedAt[at] = reservation.reservedAt;
    expiresAt[at] = reservation.expiresAt;
    confirmedAt[at] = reservation.confirmedAt ?? NaN;
    amounts[at] = total.amountMinor;
    seatCounts[at] = reservation.seatIds.length;
    for (const seatId of reservation.seatIds) seats.push(layout.indexOf.get(seatId)!);
    if (reservation.turnedDown) turnedDown.push([number, reservation.turnedDown]);
    if (reservation.exchanges) exchanges.push([number, reservation.exchanges]);
    if (reservation.withdrawn) withdrawn.push([number, reservation.withdrawn]);
    at++;
  }
  return {
    ids: joined(ids),
    customerIds: joined(customerIds),
    requestDigests: joined(requestDigests),
    paymentReferences: joined(paymentReferences),
    refundReasons: joined(refundReasons),
    statuses,
    paymentStarted,
    reservedAt,
    expiresAt,
    confirmedAt,
    amounts,
    currencies: joined(currencies),
    seatCounts,
    seats: Uint32Array.from(seats),
    turnedDown,
    exchanges,
    withdrawn,
  };
}

/** Joins texts, unless one contains the separator. */
function joined(list: string[]): Texts {
  const text = list.join(BETWEEN);
  let count = 1;
  for (let at = text.indexOf(BETWEEN); at >= 0; at = text.indexOf(BETWEEN, at + 1)) count++;
  return count === list.length ? text : list;
}

/** Returns the reservations in the order of their numbers, from 1. */
export function* unpackReservations(
  packed: PackedReservations,
  layout: SeatLayout,
): Generator<Reservation> {
  const { amounts, seatCounts, seats, confirmedAt } = packed;
  const [ids, customerIds, requestDigests] = [
    packed.ids,
    packed.customerIds,
    packed.requestDigests,
  ].map(listOf);
  const [references, reasons, currencies] = [
    ...[packed.paymentReferences, packed.refundReasons, packed.currencies].map(listOf),
  ];
  const turnedDown = new Map(packed.turnedDown);
  const exchanges = new Map(packed.exchanges);
  const withdrawn = new Map(packed.withdrawn);
  const totalOf = sharedTotals();
  let seat = 0;
  for (let at = 0; at < amounts.length; at++) {
    const number = at + 1;
    const seatIds = new Array<string>(seatCounts[at]!);
    for (let nth = 0; nth < seatIds.length; nth++) seatIds[nth] = layout.seatIds[seats[seat++]!]!;
    const reservation: Mutable<Reservation> = {
      id: ids![at]!,
      number,
      customerId: customerIds![at]!,
      seatIds,
      status: STATUSES[packed.statuses[at]!]!,
      total: totalOf(amounts[at]!, currencies![at]!),
      requestDigest: requestDigests![at]!,
      reservedAt: packed.reservedAt[at]!,
      expiresAt: packed.expiresAt[at]!,
      paymentStarted: packed.paymentStarted[at] === 1,
    };
    // Assigned one by one, which is fast: there may be a hundred thousand, and callers wait.
    if (references![at] !== '') reservation.paymentReference = references![at]!;
    if (!Number.isNaN(confirmedAt[at]!)) reservation.confirmedAt = confirmedAt[at]!;
    if (reasons![at] !== '')
      reservation.refundReason = reasons![at] as NonNullable<Reservation['refundReason']>;
    if (turnedDown.has(number)) reservation.turnedDown = turnedDown.get(number)!;
    if (exchanges.has(number)) reservation.exchanges = exchanges.get(number)!;
    if (withdrawn.has(number)) reservation.withdrawn = withdrawn.get(number)!;
    yield reservation;
  }
}

/** Shares equal totals: most reservations of a sale have one of a few totals. */
function sharedTotals(): (amountMinor: number, currency: string) => Money {
  const totals = new Map<number, Money>();
  return (amountMinor, currency) => {
    const known = totals.get(amountMinor);
    if (known?.currency === currency) return known;
    const total = { amountMinor, currency };
    totals.set(amountMinor, total);
    return total;
  };
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

const listOf = (texts: Texts): string[] =>
  typeof texts === 'string' ? texts.split(BETWEEN) : texts;
