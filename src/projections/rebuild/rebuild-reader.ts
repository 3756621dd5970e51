import { anySignal } from '../../ports/system/any-signal.js';
import {
  comparePositions,
  type Position,
  type SubscribeOptions,
  type SubscriptionBatch,
} from '../../ports/event-store/event-store.js';
import { openReadAhead } from '../runner/read-ahead.js';
import type { Log } from '../runner/shared-log.js';

/**
 * Domain events read ahead while others are written: two pages, so that one is always on its way.
 */
const READ_AHEAD = 10_000;
/** Domain events per request to the event store. */
const PAGE = 5_000;

/** Reads the log in portions of a size that the caller chooses. */
export interface RebuildReader {
  /**
   * Returns the next domain events as soon as there are any: at most `max`, and none after `limit`.
   * Returns undefined when the subscription has ended.
   * @throws what the subscription threw
   */
  next(
    max: number,
    limit: Position,
  ): Promise<Pick<SubscriptionBatch, 'events' | 'checkpoint'> | undefined>;
  close(): Promise<void>;
}

export function openRebuildReader(
  log: Log,
  { prefixes, after, signal }: Pick<SubscribeOptions, 'prefixes' | 'after' | 'signal'>,
): RebuildReader {
  const closing = new AbortController();
  const ended = anySignal([signal, closing.signal]);
  const readAhead = openReadAhead(
    log.subscribe({ prefixes, after, maxBatch: PAGE, signal: ended }),
    READ_AHEAD,
  );
  let pending: SubscriptionBatch | undefined;
  return {
    next: async (max, limit) => {
      pending ??= await readAhead.next();
      if (!pending) return undefined;
      const { portion, rest } = split(pending, max, limit);
      pending = rest;
      return portion;
    },
    close: () => {
      closing.abort();
      return readAhead.ended();
    },
  };
}

function split(batch: SubscriptionBatch, max: number, limit: Position) {
  const { events, checkpoint } = batch;
  const isWhole = comparePositions(checkpoint, limit) <= 0;
  const upTo = isWhole ? checkpoint : limit;
  const beyond = events.findIndex(
    ({ position }, at) => at >= max || comparePositions(position, upTo) > 0,
  );
  if (beyond === -1)
    return {
      portion: { events, checkpoint: upTo },
      rest: isWhole ? undefined : { ...batch, events: [] },
    };
  const rest = { ...batch, events: events.slice(beyond) };
  const first = events.slice(0, beyond);
  // A portion cut by size ends at its last domain event, one cut by the limit ends at the limit.
  const isCutBySize = comparePositions(events[beyond]!.position, upTo) <= 0;
  const end = isCutBySize ? first.at(-1)!.position : upTo;
  return { portion: { events: first, checkpoint: end }, rest };
}
