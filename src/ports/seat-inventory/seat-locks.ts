/** What a node has for the time of one attempt to reserve. */
export interface SeatLock {
  /** False when it waited for another node in vain, or there are no locks: the log decides either way. */
  readonly taken: boolean;
  /** Revision up to which another node had written the inventory when it last freed a lock of the event. */
  readonly seenRevision: bigint | undefined;
  /** @param revision up to which this node knows the inventory now */
  free(revision?: bigint): void;
}

/**
 * In front of the writer, when several nodes serve one event: two nodes that want the same seat do not write against each
 * other, but one after the other, and the second has read what the first wrote before it decides. Belongs to a node, not
 * to a buyer: within a node its writer puts everybody in order. Owns nothing: whoever has no lock may try all the same.
 */
export interface SeatLocks {
  /** All of them or none. Waits a moment for another node that has one. Never rejects. */
  take(eventId: string, seatIds: readonly string[]): Promise<SeatLock>;
}

const none: SeatLock = { taken: false, seenRevision: undefined, free: () => {} };

/** One process, one writer: nothing to lock. */
export const noSeatLocks: SeatLocks = { take: async () => none };
