import type { SeatInventoryRejection } from '../../../../src/domain/seat-inventory/commands.js';
import { rules } from '../rules.js';

export type NaiveAnswer = SeatInventoryRejection['code'] | 'done';

export interface Seat {
  id: string;
  category: string;
  status: 'available' | 'reserved' | 'sold' | 'blocked';
  by?: string;
}

export interface Reservation {
  id: string;
  customer: string;
  seats: string[];
  digest: string;
  status: 'held' | 'confirmed' | 'expired' | 'released' | 'refunded';
  reservedAt: number;
  expiresAt: number;
  paying: boolean;
  payment?: string;
  turnedDown: string[];
  /** Minor units; the remainder that each exchange leaves. */
  dueBack: number[];
  exchangePayments: string[];
}

/** The seats and reservations of the sale, and every question that is asked of all of them. */
export class NaiveState {
  readonly seatOf: Map<string, Seat>;
  readonly reservations = new Map<string, Reservation>();
  onSaleAt = rules.onSaleAt;
  closed = false;
  cancelled = false;

  constructor(seats: readonly { id: string; category: string }[]) {
    this.seatOf = new Map(seats.map((seat) => [seat.id, { ...seat, status: 'available' } as Seat]));
  }

  seatsOf(reservation: Reservation): Seat[] {
    return this.seatsNamed(reservation.seats);
  }

  /** @param ids of seats that exist */
  seatsNamed(ids: readonly string[]): Seat[] {
    return ids.map((id) => this.seatOf.get(id)!);
  }

  give(reservation: Reservation, status: 'reserved' | 'sold'): void {
    for (const seat of this.seatsOf(reservation))
      Object.assign(seat, { status, by: reservation.id });
  }

  end(reservation: Reservation, status: Reservation['status']): void {
    reservation.status = status;
    for (const seat of this.seatsOf(reservation))
      Object.assign(seat, { status: 'available', by: undefined });
  }

  seatsHad(customer: string): number {
    return this.liveReservations()
      .filter((one) => one.customer === customer)
      .reduce((sum, one) => sum + one.seats.length, 0);
  }

  liveReservations(): Reservation[] {
    return [...this.reservations.values()].filter(
      ({ status }) => status === 'held' || status === 'confirmed',
    );
  }

  lapsedOf(customer: string, now: number): Reservation[] {
    return [...this.reservations.values()].filter(
      (one) => one.customer === customer && isLapsed(one, now),
    );
  }

  /** Whether the seat is reserved by a hold that is past its time. */
  isLapsedHold({ status, by }: Seat, now: number): boolean {
    return status === 'reserved' && isLapsed(this.reservations.get(by!), now);
  }

  badNames(names: readonly string[]): NaiveAnswer | undefined {
    if (names.length === 0) return 'no-seats-requested';
    if (names.some((name, at) => names.indexOf(name) !== at)) return 'seats-repeated';
    return names.some((name) => !this.seatOf.has(name)) ? 'seats-unknown' : undefined;
  }

  priceOf(ids: readonly string[]): number {
    return this.seatsNamed(ids)
      .map((seat) => rules.prices.find(({ category }) => category === seat.category))
      .reduce((sum, price) => sum + (price?.amountMinor ?? 0), 0);
  }
}

export const isLapsed = (reservation: Reservation | undefined, now: number): boolean =>
  reservation?.status === 'held' && reservation.expiresAt <= now;
