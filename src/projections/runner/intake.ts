import type { SubscriptionBatch } from '../../ports/event-store/event-store.js';

/** Reads ahead while a batch is being written; what has come by then is the next batch. */
export interface Intake {
  /**
   * Everything that waits, at once when there is something. Nothing when the subscription has ended.
   * @throws what the subscription threw, after all that came before has been taken
   */
  next(): Promise<SubscriptionBatch | undefined>;
  /** Whether a whole batch waits. */
  isFull(): boolean;
  /** Resolves when the subscription has ended, which its own signal must have told to. */
  ended(): Promise<void>;
}

/** @param maxWaiting domain events beyond which nothing more is read until they are taken */
export function openIntake(batches: AsyncIterable<SubscriptionBatch>, maxWaiting: number): Intake {
  let waiting: SubscriptionBatch | undefined;
  let over = false;
  let leaving = false;
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
        if (isFull() && !leaving) await new Promise<void>((resolve) => (onTaken = resolve));
      }
    } catch (error) {
      failure = error;
    }
    over = true;
    onChange();
  };
  const reading = read();

  return {
    isFull,
    next: async () => {
      if (!waiting && !over) await new Promise<void>((resolve) => (onChange = resolve));
      const batch = waiting;
      waiting = undefined;
      onTaken();
      if (!batch && failure !== undefined) throw failure;
      return batch;
    },
    ended: () => {
      leaving = true;
      onTaken();
      return reading;
    },
  };
}
