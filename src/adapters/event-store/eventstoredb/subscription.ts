import {
  LogWentBack,
  START,
  comparePositions,
  type Position,
  type SubscribeOptions,
  type SubscriptionBatch,
  type SubscriptionStats,
} from '../../../ports/event-store/event-store.js';
import { anySignal } from '../../../ports/system/any-signal.js';
import type { Connection } from './connection.js';
import { failedCall, isConsumerTooSlow, isDenied, isHandlerFault, messageOf } from './errors.js';
import { openFeed } from './feed.js';
import { READ_LOG, isBeyondEnd, lastPosition } from './read.js';

const DEFAULT_MAX_BATCH = 1_000;
/**
 * Pause before a subscription is opened again, doubling up to the last, give or take a quarter.
 * Milliseconds.
 */
const RETRY_MS = { first: 50, last: 1_000 };
const RETRY_JITTER = 0.25;
/**
 * How often the end of the log is read before the log counts as shorter, and the pause between
 * reads (milliseconds): a new leader may still be indexing the last records.
 */
const END_LOOKS = { count: 3, pauseMs: 500 };
/**
 * Failures in a row at one position, on a healthy server, after which the position counts as having
 * no record.
 */
const HANDLER_FAULTS = 3;

export interface SubscriptionSource {
  connection: Connection;
  connectionString: string;
  warn: (message: string) => void;
  stats: SubscriptionStats;
  /** Aborts when the store is closed. */
  closing: AbortSignal;
}

/**
 * The client never resubscribes: whenever its subscription ends, a new one is opened after the last
 * event received.
 * @throws LogWentBack
 */
export async function* subscribe(
  source: SubscriptionSource,
  { prefixes, after, maxBatch = DEFAULT_MAX_BATCH, signal }: SubscribeOptions,
): AsyncGenerator<SubscriptionBatch> {
  if (prefixes.length === 0)
    throw new RangeError('A subscription needs at least one prefix; an empty one means all.');
  const { connection } = source;
  const ended = anySignal([signal, source.closing]);
  const journal = journalOf(source);
  const pauseBeforeRetry = openRetries(journal, ended);
  let seen = after;
  while (!ended.aborted) {
    let failure: unknown;
    let confirmed = false;
    const openedAt = seen;
    try {
      await expectToReach(connection, seen, ended);
      const feed = openFeed({ connection, prefixes, after: seen, maxBatch, ended });
      try {
        for (let batch = await feed.next(); batch; batch = await feed.next()) {
          journal.open();
          yield batch;
          seen = batch.checkpoint;
        }
      } finally {
        confirmed = feed.isConfirmed();
        feed.close();
      }
    } catch (error) {
      if (error instanceof LogWentBack) throw error;
      failure = error;
    }
    if (ended.aborted) return;
    const progressed = comparePositions(seen, openedAt) > 0;
    await pauseBeforeRetry({ failure, confirmed, progressed, seen });
  }
}

/** The end of one feed. */
interface FeedEnd {
  readonly failure: unknown;
  /** The server had accepted the subscription. */
  readonly confirmed: boolean;
  /** The consumer has processed at least one batch. */
  readonly progressed: boolean;
  readonly seen: Position;
}

/**
 * Returns a function that waits after the end of a feed until the next one may be opened. It
 * throws LogWentBack when the server has no record at the position.
 */
function openRetries(journal: Journal, ended: AbortSignal): (end: FeedEnd) => Promise<void> {
  let retryMs = RETRY_MS.first;
  let handlerFaults = 0;
  return async ({ failure, confirmed, progressed, seen }) => {
    handlerFaults = isHandlerFault(failure) && !confirmed ? handlerFaults + 1 : 0;
    if (handlerFaults === HANDLER_FAULTS && !isStart(seen))
      throw new LogWentBack(
        seen,
        `the server fails at that position each time: ${messageOf(failure)}`,
      );
    journal.interrupted(failure);
    if (progressed) retryMs = RETRY_MS.first;
    if (progressed && isConsumerTooSlow(failure)) return;
    await pause(retryMs * (1 + RETRY_JITTER * (2 * Math.random() - 1)), ended);
    retryMs = Math.min(retryMs * 2, RETRY_MS.last);
  };
}

const isStart = (position: Position): boolean => comparePositions(position, START) <= 0;

/**
 * @throws LogWentBack when the log ends before `seen`; the server would accept the subscription
 * without an error
 */
async function expectToReach(
  connection: Connection,
  seen: Position,
  ended: AbortSignal,
): Promise<void> {
  if (isStart(seen)) return;
  for (let look = 1; !ended.aborted; look++) {
    const end = await lastPosition(connection);
    if (comparePositions(end, seen) >= 0) return;
    if (!(await isBeyondEnd(connection, seen, end))) return;
    if (look === END_LOOKS.count)
      throw new LogWentBack(seen, `the log ends at ${end.commit}/${end.prepare}`);
    await pause(END_LOOKS.pauseMs, ended);
  }
}

interface Journal {
  open(): void;
  interrupted(failure: unknown): void;
}

/** Logs each change of a subscription's state once, however often the subscription is retried. */
function journalOf({ connectionString, warn, stats }: SubscriptionSource): Journal {
  let state: 'open' | 'interrupted' | 'forbidden' = 'open';
  const change = (next: typeof state, message: string) => {
    if (state !== next) warn(message);
    state = next;
  };
  return {
    open: () => change('open', 'subscription is open again'),
    interrupted(failure) {
      if (isConsumerTooSlow(failure)) stats.consumerTooSlow++;
      else {
        const { message } = failedCall(failure, connectionString, READ_LOG);
        change(
          isDenied(failure) ? 'forbidden' : 'interrupted',
          `subscription interrupted: ${message}`,
        );
      }
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
