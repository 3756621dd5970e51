import type { SubscriptionBatch } from '../../ports/event-store/event-store.js';

/**
 * Reads a subscription ahead while a batch is written. Batches that arrive meanwhile are merged.
 */
export interface ReadAhead {
  /**
   * Returns everything that was read, as soon as there is something; undefined when the
   * subscription has ended.
   * @throws what the subscription threw, after everything before it was returned
   */
  next(): Promise<SubscriptionBatch | undefined>;
  /** Whether a whole batch is ready. */
  isFull(): boolean;
  /**
   * Resolves when the subscription has ended. The caller aborts the subscription's signal first.
   */
  ended(): Promise<void>;
}

/**
 * @param maxWaiting domain events in memory; at this number reading pauses until `next` is called
 */
export function openReadAhead(
  batches: AsyncIterable<SubscriptionBatch>,
  maxWaiting: number,
): ReadAhead {
  let waiting: SubscriptionBatch | undefined;
  let isOver = false;
  let isClosing = false;
  let failure: unknown;
  let onChange = () => {};
  let onTaken = () => {};

  const isFull = () => waiting !== undefined && waiting.events.length >= maxWaiting;

  const read = async () => {
    try {
      for await (const batch of batches) {
        if (waiting) {
          waiting.events.push(...batch.events);
          waiting = { ...batch, events: waiting.events };
        } else waiting = { ...batch, events: [...batch.events] };
        onChange();
        if (isFull() && !isClosing) await new Promise<void>((resolve) => (onTaken = resolve));
      }
    } catch (error) {
      failure = error;
    }
    isOver = true;
    onChange();
  };
  const reading = read();

  return {
    isFull,
    next: async () => {
      if (!waiting && !isOver) await new Promise<void>((resolve) => (onChange = resolve));
      const batch = waiting;
      waiting = undefined;
      onTaken();
      if (!batch && failure !== undefined) throw failure;
      return batch;
    },
    ended: () => {
      isClosing = true;
      onTaken();
      return reading;
    },
  };
}
