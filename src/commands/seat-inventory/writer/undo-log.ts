import { restore, type Overwritten } from '../../../domain/seat-inventory/state/overwrite.js';
import type { SeatInventory } from '../../../domain/seat-inventory/state/state.js';

/**
 * Values that domain events have overwritten in an inventory before they are committed. Of two logs
 * of one inventory, the younger must be rolled back first.
 */
export class UndoLog {
  readonly #inventory: SeatInventory;
  readonly #overwritten: Overwritten[] = [];

  constructor(inventory: SeatInventory) {
    this.#inventory = inventory;
  }

  /** Number of recorded values. */
  get length(): number {
    return this.#overwritten.length;
  }

  readonly record = (overwritten: Overwritten): void => {
    this.#overwritten.push(overwritten);
  };

  /** Restores the newest values until `length` are left. */
  rollback(length = 0): void {
    while (this.#overwritten.length > length) restore(this.#inventory, this.#overwritten.pop()!);
  }
}
