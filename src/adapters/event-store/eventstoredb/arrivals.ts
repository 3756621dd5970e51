import {
  LogWentBack,
  comparePositions,
  type Position,
  type RecordedEvent,
} from '../../../ports/event-store/event-store.js';

/**
 * Domain events and checkpoints that a subscription has received and its consumer has not
 * processed.
 */
export interface Arrivals {
  /**
   * @throws LogWentBack for a domain event at or before one that was received, or before the start
   */
  add(event: RecordedEvent): void;
  addCheckpoint(position: Position): void;
  /** Domain events that wait. */
  count(): number;
  isFull(): boolean;
  /** Whether domain events wait, or the checkpoint has moved on. */
  haveNews(): boolean;
  take(): { events: RecordedEvent[]; checkpoint: Position };
}

export function collectArrivals(after: Position, maxBatch: number): Arrivals {
  let waiting: RecordedEvent[] = [];
  let lastEvent = after;
  let checkpoint = after;
  let taken = after;

  return {
    add(event) {
      const { position, stream, revision } = event;
      // A subscription from a position beyond the end gets every new record, whatever its position.
      if (comparePositions(position, lastEvent) <= 0) {
        const where = `${position.commit}/${position.prepare}`;
        throw new LogWentBack(
          lastEvent,
          `domain event ${revision} of ${stream} arrived at ${where}`,
        );
      }
      lastEvent = position;
      checkpoint = later(checkpoint, lastEvent);
      // The record that ends a deleted stream carries the stream's name, but is no domain event.
      if (!event.type.startsWith('$')) waiting.push(event);
    },
    addCheckpoint(position) {
      checkpoint = later(checkpoint, position);
    },
    count: () => waiting.length,
    isFull: () => waiting.length >= maxBatch,
    haveNews: () => waiting.length > 0 || comparePositions(checkpoint, taken) > 0,
    take() {
      const events = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      taken = waiting.length === 0 ? checkpoint : events.at(-1)!.position;
      return { events, checkpoint: taken };
    },
  };
}

const later = (a: Position, b: Position): Position => (comparePositions(a, b) > 0 ? a : b);
