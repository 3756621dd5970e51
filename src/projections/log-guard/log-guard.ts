import type pg from 'pg';
import { PROJECTION } from '../../domain/projection/events.js';
import type { Clock } from '../../ports/system/clock.js';
import { anySignal } from '../../ports/system/any-signal.js';
import {
  EventStoreUnavailable,
  LogWentBack,
  StreamDeleted,
  type EventStore,
  type LogCondition,
  type Position,
  type RecordedEvent,
  type SubscribeOptions,
  type SubscriptionBatch,
} from '../../ports/event-store/event-store.js';
import {
  isSameId,
  isTrusted,
  LOG_TRUST_MS,
  LogReplaced,
  readBack,
  type EventIdentity,
} from '../../ports/event-store/log-identity.js';
import { liveMarks, type Mark } from '../runner/checkpoints.js';
import { endsBefore, nameMarks } from '../runner/name-marks.js';
import type { Projection } from '../projection.js';

/** Interval of the regular checks. Milliseconds. */
const CHECK_MS = { ok: 5_000, replaced: 1_000 };
/** Pause before reading a domain event back again after a failure. Milliseconds. */
const RETRY_MS = 500;
/** Maximum of domain events per batch that are read back because the log was silent after them. */
const MAX_READ_BACK = 4;

/**
 * Compares the log with the last domain events that the read models received. A log that does not have them is another
 * log, or an older copy: nothing is appended to it and no projection applies it until an operator decides.
 */
export interface LogGuard {
  /** The event store that commands and projections use. Its `append` and `subscribe` throw `LogReplaced`. */
  readonly eventStore: EventStore;
  isReplaced(): boolean;
  /** Calls back when another log was accepted: cached revisions of the old log are invalid. */
  onAccepted(listener: () => void): void;
  /** Compares now. @throws EventStoreUnavailable, and database errors */
  check(): Promise<LogCondition>;
  /** Compares as soon as the event store answers. @throws LogReplaced, and database errors */
  compareWhenAvailable(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface LogGuardParts {
  readonly eventStore: EventStore;
  readonly db: pg.Pool;
  // The change types of the projections differ.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly projections: readonly Projection<any>[];
  readonly clock: Clock;
  readonly error: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly log: (message: string) => void;
}

/** A received domain event. */
interface Passed extends EventIdentity {
  /** Milliseconds since the epoch; undefined if only its checkpoint is known. */
  readonly recordedAt?: number;
}

const OK: LogCondition = { state: 'ok' };

export function openLogGuard(parts: LogGuardParts): LogGuard {
  const { eventStore: store, db, projections, clock } = parts;
  const readModels = projections.map(({ readModel }) => readModel);
  const closing = new AbortController();
  let condition: LogCondition = OK;
  /** The newest domain event that the read models, or a subscription of this process, have received. */
  let newest: Passed | undefined;
  /** The newest domain event that the read models had received at the last comparison that found the log to have it. */
  let marked: Passed | undefined;
  /** When an answer last showed that the log still has it. Milliseconds since the epoch. */
  let trustedAt = -Infinity;
  let checking: Promise<LogCondition> | undefined;
  let confirming: Promise<void> | undefined;
  let naming: Promise<void> | undefined;
  /** Number of the last finished acceptance; undefined before the first query. */
  let accepted: number | undefined;
  const listeners: (() => void)[] = [];
  /** Ends every subscription: their positions belong to a log that no longer exists. */
  let leaving = new AbortController();

  const compare = async (): Promise<LogCondition> => {
    const { underWay, finished } = await acceptances(db);
    const marks = await liveMarks(db, readModels);
    const unnamed = marks.filter(({ identity }) => !identity);
    const causes = new Set<string>();
    const compared = new Map<string, Promise<string | undefined>>();
    for (const { identity } of marks) {
      if (!identity) continue;
      const key = `${identity.stream} ${identity.revision} ${identity.id}`;
      if (!compared.has(key)) compared.set(key, mismatchOf(store, identity));
    }
    for (const mismatch of await Promise.all(compared.values())) if (mismatch) causes.add(mismatch);
    if (unnamed.length > 0) {
      const short = await endsBefore(store, unnamed);
      if (short) causes.add(short);
      else if (causes.size === 0) startNaming(unnamed);
    }
    if (underWay) causes.add('Another log is being accepted: the read models are built from it');
    enter(causes.size > 0 ? { state: 'replaced', cause: [...causes].join('; ') } : OK);
    noteAccepted(finished);
    if (condition.state === 'ok') {
      marked = passedOf(marks.find(({ identity }) => identity));
      receive(marked);
      trustedAt = clock.now();
    }
    return condition;
  };

  /** Compares because the log does not have `missing`. The read models decide: nobody may have applied it. */
  const checkWithout = async (missing: EventIdentity | undefined): Promise<LogCondition> => {
    const now = await check();
    const isNewest = missing && newest && isSameId(newest.id, missing.id);
    if (now.state === 'ok' && isNewest) newest = marked;
    return now;
  };

  const receive = (one: Passed | undefined) => {
    if (one && (one.recordedAt ?? 0) >= (newest?.recordedAt ?? -Infinity)) newest = identified(one);
  };

  const startNaming = (unnamed: readonly Mark[]) => {
    naming ??= nameMarks({ store, db, projections, signal: closing.signal }, unnamed)
      .catch((error: Error) =>
        parts.warn(`checkpoints not named yet, trying again: ${error.message}`),
      )
      .finally(() => (naming = undefined));
  };

  const noteAccepted = (finished: number) => {
    const isNew = accepted !== undefined && finished > accepted;
    accepted = finished;
    if (!isNew) return;
    newest = marked = undefined;
    leaveSubscriptions();
    for (const listener of listeners) listener();
  };

  const leaveSubscriptions = () => {
    leaving.abort();
    leaving = new AbortController();
  };

  const enter = (next: LogCondition) => {
    const was = condition;
    condition = next;
    if (next.state === 'replaced' && was.state !== 'replaced') {
      leaveSubscriptions();
      parts.error(
        `log replaced: this is not the log that the read models were built from. ${next.cause}. Nothing is sold and ` +
          'no projection runs: see "The log was replaced" in docs/operate/runbook.md',
      );
    }
    if (next.state === 'ok' && was.state === 'replaced')
      parts.log(
        'the log is the one that the read models were built from: sales and projections go on',
      );
  };

  const check = (): Promise<LogCondition> =>
    (checking ??= compare().finally(() => (checking = undefined)));

  const compareWhenAvailable = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        await check();
        break;
      } catch (error) {
        if (!(error instanceof EventStoreUnavailable)) throw error;
        await clock.sleep(RETRY_MS, signal);
      }
    }
    if (condition.state === 'replaced') throw new LogReplaced(condition.cause);
  };

  /** After each silence, the first append waits until the newest domain event was found in the log. */
  const confirm = (): Promise<void> =>
    (confirming ??= confirmNow().finally(() => (confirming = undefined)));

  const confirmNow = async (): Promise<void> => {
    if (condition.state !== 'replaced') {
      const last = newest;
      const mismatch = last && (await mismatchOf(store, last));
      if (last && !mismatch) {
        trustedAt = clock.now();
        return;
      }
      await checkWithout(last).catch((error: Error) => {
        if (error instanceof EventStoreUnavailable) throw error;
        if (mismatch)
          throw new EventStoreUnavailable(
            `${mismatch}. The read models cannot be compared with the log: ${error.message}`,
            { cause: error },
          );
        // This process has not received a domain event yet, and cannot know what the read models show.
        parts.warn(`log not compared: ${error.message}`);
      });
    }
    if (condition.state === 'replaced') throw new LogReplaced(condition.cause);
  };

  /** A restored log may hold what no read model has: nothing behind a silence is passed on before it is compared. */
  const confirmPassed = async (
    passed: EventIdentity,
    after: Position,
    signal: AbortSignal,
  ): Promise<void> => {
    while (!signal.aborted && !closing.signal.aborted) {
      try {
        const mismatch = await mismatchOf(store, passed);
        if (mismatch === undefined) return;
        const now = await checkWithout(passed);
        if (now.state === 'replaced') throw new LogReplaced(now.cause);
        // No read model has it, but a runner of this process may be about to apply it: it starts again, and compares.
        throw new LogWentBack(after, mismatch);
      } catch (error) {
        if (error instanceof LogReplaced || error instanceof LogWentBack) throw error;
        await clock.sleep(RETRY_MS, anySignal([signal, closing.signal]));
      }
    }
  };

  async function* subscribe(options: SubscribeOptions): AsyncGenerator<SubscriptionBatch> {
    const left = leaving.signal;
    const signal = anySignal([options.signal, left]);
    let last: Passed | undefined = newest;
    let seen = options.after;
    if (condition.state === 'replaced') throw new LogReplaced(condition.cause);
    try {
      for await (const batch of store.subscribe({ ...options, signal })) {
        for (const passed of beforeSilences(last, batch.events))
          await confirmPassed(passed, seen, signal);
        if (left.aborted) break;
        last = batch.events.at(-1) ?? last;
        seen = batch.checkpoint;
        receive(last);
        yield batch;
      }
    } catch (error) {
      if (!(error instanceof LogWentBack)) throw error;
      // The event store noticed before the next check: the check decides, and logs it once.
      const now = await check();
      throw now.state === 'replaced' ? new LogReplaced(now.cause) : error;
    }
    if (left.aborted && !options.signal.aborted) throw new LogReplaced('The log was replaced.');
  }

  const watching = (async () => {
    while (!closing.signal.aborted) {
      await clock.sleep(
        CHECK_MS[condition.state === 'replaced' ? 'replaced' : 'ok'],
        closing.signal,
      );
      // The event store or the database is unavailable: readiness shows this, and the next check is soon.
      if (!closing.signal.aborted) await check().catch(() => {});
    }
  })();

  const eventStore: EventStore = {
    ...store,
    append: async (stream, expected, events) => {
      const isOperation = stream.startsWith(PROJECTION);
      if (!isOperation && (condition.state === 'replaced' || !isTrusted(trustedAt, clock.now())))
        await confirm();
      const result = await store.append(stream, expected, events);
      if (!isOperation) trustedAt = clock.now();
      return result;
    },
    subscribe,
    condition: async () => (condition.state === 'ok' ? store.condition() : condition),
  };

  return {
    eventStore,
    isReplaced: () => condition.state === 'replaced',
    onAccepted: (listener) => void listeners.push(listener),
    check,
    compareWhenAvailable,
    close: async () => {
      closing.abort();
      await Promise.all([watching, naming, checking?.catch(() => {})]);
    },
  };
}

/** Copied without its data, which would stay in memory. */
const identified = ({ stream, revision, id, recordedAt }: Passed): Passed => ({
  ...{ stream, revision, id, recordedAt },
});

const passedOf = (mark: Mark | undefined): Passed | undefined =>
  mark?.identity && { ...mark.identity, recordedAt: mark.recordedAt };

async function acceptances(db: pg.Pool): Promise<{ underWay: boolean; finished: number }> {
  const { rows } = await db.query<{ underWay: boolean; finished: number }>({
    name: 'log-acceptances',
    text: `select coalesce(bool_or(finished_at is null), false) as "underWay",
             coalesce(max(id) filter (where finished_at is not null), 0)::int as finished
           from log_acceptances`,
  });
  return rows[0]!;
}

/** The mismatch, described for an operator; undefined when the log has the event. @throws EventStoreUnavailable */
async function mismatchOf(store: EventStore, expected: EventIdentity): Promise<string | undefined> {
  const { stream, revision, id } = expected;
  let found: EventIdentity | undefined;
  try {
    found = await readBack(store, expected);
  } catch (error) {
    if (!(error instanceof StreamDeleted)) throw error;
  }
  if (found && isSameId(found.id, id)) return undefined;
  const instead = found ? `domain event ${found.id}` : 'nothing';
  return `Expected domain event ${id} at ${stream}@${revision}, found ${instead}`;
}

/**
 * The last few domain events that were followed by a silence long enough to replace a log. For the event
 * before the first batch, the time may be unknown.
 */
function beforeSilences(
  before: Passed | undefined,
  events: readonly RecordedEvent[],
): EventIdentity[] {
  const found: EventIdentity[] = [];
  let last = before;
  for (const event of events) {
    // The clock of another server may be behind.
    const silence = Math.abs(event.recordedAt - (last?.recordedAt ?? -Infinity));
    if (last && silence >= LOG_TRUST_MS) found.push(last);
    last = event;
  }
  return found.slice(-MAX_READ_BACK);
}
