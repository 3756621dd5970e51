/** Locks of one node during one attempt to reserve. */
export interface SeatLock {
  /**
   * False if another node kept a lock for too long, or without locks. The log decides in any case.
   */
  readonly taken: boolean;
  /** Revision that another node had written when it last released a lock of the event. */
  readonly seenRevision: bigint | undefined;
  /**
   * Releases the locks.
   * @param revision up to which this node knows the inventory
   */
  free(revision?: bigint): void;
}

/**
 * Short locks on seats between nodes that serve the same event: they write one after the other, and
 * the second node reads what the first has written before it decides. A lock belongs to a node, not
 * to a buyer: within a node the writer decides in order of arrival. A lock gives no ownership:
 * without it, a command is decided all the same.
 */
export interface SeatLocks {
  /** Takes all locks or none. Waits a moment for another node that has one. Never rejects. */
  take(eventId: string, seatIds: readonly string[]): Promise<SeatLock>;
}

const none: SeatLock = { taken: false, seenRevision: undefined, free: () => {} };

/** No locks, for one process with one writer. */
export const noSeatLocks: SeatLocks = { take: async () => none };
