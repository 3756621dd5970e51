import type { SeatInventoryCommand } from '../../../src/domain/seat-inventory/commands.js';
import { answerReservation } from './naive-sale/reservation-commands.js';
import { answerSale } from './naive-sale/sale-commands.js';
import { NaiveState, type NaiveAnswer } from './naive-sale/state.js';

/**
 * The rules of the sale once more, written to be read and not to be fast: a plain object per seat,
 * every question answered by looking at all of them. The real inventory is compared with it.
 * (Without the single-seat rule, and without the choice of best seats: the seats that the inventory
 * picks are reserved here by name.)
 */
export interface NaiveSale {
  /** Carries the command out, or returns the code of its rejection. */
  answer(command: SeatInventoryCommand): NaiveAnswer;
  /** Whether so many seats are free, or would be once every hold past its time were expired. */
  hasRoomFor(selection: { quantity: number; category?: string }, now: number): boolean;
  picture(): SalePicture;
}

export interface SalePicture {
  seats: Record<string, string>;
  reservations: Record<string, unknown>;
  closed: boolean;
  cancelled: boolean;
}

export function openNaiveSale(seats: readonly { id: string; category: string }[]): NaiveSale {
  const state = new NaiveState(seats);
  return {
    answer: (command) =>
      !('customerId' in command) || command.type === 'ReserveSeats'
        ? answerSale(state, command)
        : answerReservation(state, command),
    hasRoomFor: ({ quantity, category }, now) =>
      [...state.seatOf.values()]
        .filter((seat) => category === undefined || seat.category === category)
        .filter((seat) => seat.status === 'available' || state.isLapsedHold(seat, now)).length >=
      quantity,
    picture: () => ({
      seats: Object.fromEntries(
        [...state.seatOf].map(([id, { status, by }]) => [id, `${status} ${by ?? ''}`]),
      ),
      reservations: Object.fromEntries(
        [...state.reservations].map(([id, one]) => [id, { payment: undefined, ...one }]),
      ),
      closed: state.closed,
      cancelled: state.cancelled,
    }),
  };
}
