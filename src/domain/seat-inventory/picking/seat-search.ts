import type { SeatLayout } from '../../seating-plan/layout.js';
import type { SeatAvailability } from '../state/availability.js';
import type { SingleSeatRule } from '../events.js';
import type { SeatOrder } from './seat-order.js';

/** One search, in indices of the layout. */
export interface SeatSearch {
  readonly layout: SeatLayout;
  readonly order: SeatOrder;
  readonly availability: SeatAvailability;
  readonly quantity: number;
  /** Index of the category whose rows are searched, or `ANY_CATEGORY`. */
  readonly category: number;
  /** By category index: 1 where its seats may be picked. */
  readonly wanted: Uint8Array;
  /** Whether all rows are searched, but some categories must not be picked. */
  readonly skipsSome: boolean;
  readonly rule: SingleSeatRule;
}

export interface PickedSeats {
  /** In plan order. */
  readonly seats: number[];
  /** Sum of focal distances, in plan units. */
  readonly sum: number;
}
