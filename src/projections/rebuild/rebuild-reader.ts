import { anySignal } from '../../ports/system/any-signal.js';
import {
  comparePositions,
  type Position,
  type SubscribeOptions,
  type SubscriptionBatch,
} from '../../ports/event-store/event-store.js';
import { openIntake } from '../runner/intake.js';
import type { Log } from '../runner/shared-log.js';

/** Domain events that are read ahead while others are being written: two pages, so that one is always on its way. */
const READ_AHEAD = 10_000;
/** Domain events that the event store is asked for at once. */
const PAGE = 5_000;

/** The log, read in portions that the reader sizes. */
export interface RebuildReader {
  /**
   * The next domain events, `max` at most and none after `limit`, as soon as there are any. Undefined when the
   * subscription has ended.
   * @throws what the subscription threw
   */
  next(
    max: number,
    limit: Position,
  ): Promise<Pick<SubscriptionBatch, 'events' | 'checkpoint'> | undefined>;
  close(): Promise<void>;
}

export function openReader(
  log: Log,
  { prefixes, after, signal }: Pick<SubscribeOptions, 'prefixes' | 'after' | 'signal'>,
): RebuildReader {
  const leaving = new AbortController();
  const ended = anySignal([signal, leaving.signal]);
  const intake = openIntake(
    log.subscribe({ prefixes, after, maxBatch: PAGE, signal: ended }),
    READ_AHEAD,
  );
  let held: SubscriptionBatch | undefined;
  return {
    next: async (max, limit) => {
      held ??= await intake.next();
      if (!held) return undefined;
      const { given, rest } = portion(held, max, limit);
      held = rest;
      return given;
    },
    close: () => {
      leaving.abort();
      return intake.ended();
    },
  };
}

function portion(batch: SubscriptionBatch, max: number, limit: Position) {
  const { events, checkpoint } = batch;
  const isWhole = comparePositions(checkpoint, limit) <= 0;
  const upTo = isWhole ? checkpoint : limit;
  const beyond = events.findIndex(
    ({ position }, at) => at >= max || comparePositions(position, upTo) > 0,
  );
  if (beyond === -1)
    return {
      given: { events, checkpoint: upTo },
      rest: isWhole ? undefined : { ...batch, events: [] },
    };
  const rest = { ...batch, events: events.slice(beyond) };
  const some = events.slice(0, beyond);
  // Cut by its size it reaches to its last domain event; cut by the limit, to that.
  const bySize = comparePositions(events[beyond]!.position, upTo) <= 0;
  return { given: { events: some, checkpoint: bySize ? some.at(-1)!.position : upTo }, rest };
}
