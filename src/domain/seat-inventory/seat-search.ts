import type { SeatLayout } from '../seating-plan/layout.js';
import type { SeatAvailability } from './availability.js';
import type { SingleSeatRule } from './events.js';
import type { SeatOrder } from './seat-order.js';

/** One search: the wish in the numbers of the layout. */
export interface SeatSearch {
  readonly layout: SeatLayout;
  readonly order: SeatOrder;
  readonly availability: SeatAvailability;
  readonly quantity: number;
  /** Index of the category, or `ANY_CATEGORY`: whose rows are looked through. */
  readonly category: number;
  /** By category index: 1 where its seats may be picked. */
  readonly wanted: Uint8Array;
  /** True where some category is not wanted although all rows are looked through. */
  readonly passesOver: boolean;
  readonly rule: SingleSeatRule;
}

export interface PickedSeats {
  /** In plan order. */
  readonly seats: number[];
  /** Sum of focal distances, in plan units. */
  readonly sum: number;
}
