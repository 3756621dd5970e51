import type { SeatInventory } from '../../../domain/seat-inventory/state/state.js';
import type { InventoryWriter } from './inventory-writer.js';

/**
 * An inventory in memory with its writer, and what is known about its snapshots and its end of
 * sales.
 */
export interface LoadedInventory {
  readonly writer: InventoryWriter;
  /** Estimated size when it was last measured. */
  bytes: number;
  /** True once the stream has gone back: the state comes from a log that no longer exists. */
  isOutdated: boolean;
  /** Revision of the newest snapshot; -1 for none. */
  snapshotRevision: bigint;
  /** Whether a snapshot will be taken once the inventory is quiet. */
  isSnapshotPending: boolean;
  /** The comparison of the end of sales with the schedule of the event, while it is in progress. */
  comparison: Promise<void> | undefined;
  /**
   * Time of the last comparison, in milliseconds since the epoch. Undefined if the next sale has to
   * compare.
   */
  comparedAt: number | undefined;
}

/**
 * Estimated memory, in bytes: of an inventory, of each seat, of each packed reservation, and of
 * each other reservation. A test measures them
 * (`test/commands/seat-inventory/writer/inventory-memory.test.ts`).
 */
export const BYTES = { inventory: 10_000, seat: 5, finished: 200, reservation: 1_100 };

export const estimateBytes = ({ layout, reservations }: SeatInventory): number =>
  BYTES.inventory +
  BYTES.seat * layout.seatCount +
  BYTES.finished * reservations.finished +
  BYTES.reservation * (reservations.count - reservations.finished);
