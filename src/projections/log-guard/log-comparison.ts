import { PROJECTION } from '../../domain/projection/events.js';
import { anySignal } from '../../ports/system/any-signal.js';
import {
  EventStoreUnavailable,
  LogWentBack,
  type EventStore,
  type LogCondition,
  type Position,
  type SubscribeOptions,
  type SubscriptionBatch,
} from '../../ports/event-store/event-store.js';
import {
  isSameId,
  isTrusted,
  LogReplaced,
  type EventIdentity,
} from '../../ports/event-store/log-identity.js';
import { liveCheckpoints, type LiveCheckpoint } from '../runner/checkpoints.js';
import {
  acceptances,
  eventsBeforeSilence,
  mismatches,
  mismatchOf,
  receivedBy,
  withoutData,
  type ReceivedEvent,
} from './compare-log.js';
import { identifyCheckpoints, logEndMismatch } from './identify-checkpoints.js';
import type { LogGuard, LogGuardParts } from './log-guard.js';

/** Interval of the regular checks. Milliseconds. */
const CHECK_MS = { ok: 5_000, replaced: 1_000 };
/** Pause before a domain event is read back again after a failure. Milliseconds. */
const RETRY_MS = 500;

const OK: LogCondition = { state: 'ok' };

/** Holds the result of the comparisons, and guards the event store by it. */
export class LogComparison implements LogGuard {
  readonly eventStore: EventStore;
  private readonly store: EventStore;
  private readonly closing = new AbortController();
  private condition: LogCondition = OK;
  /** The newest domain event that the read models or a subscription of this process received. */
  private newest: ReceivedEvent | undefined;
  /** The newest domain event of the read models at the last comparison without a mismatch. */
  private confirmed: ReceivedEvent | undefined;
  /** Time of the last proof that the log still has it. Milliseconds since the epoch. */
  private trustedAt = -Infinity;
  private checking: Promise<LogCondition> | undefined;
  private confirming: Promise<void> | undefined;
  private identifying: Promise<void> | undefined;
  private readonly watching: Promise<void>;
  /** Number of the last finished acceptance; undefined before the first query. */
  private accepted: number | undefined;
  private readonly listeners: (() => void)[] = [];
  /** Ends all subscriptions: their positions belong to a log that no longer exists. */
  private ending = new AbortController();

  constructor(private readonly parts: LogGuardParts) {
    this.store = parts.eventStore;
    this.eventStore = {
      ...this.store,
      append: async (stream, expected, events) => {
        const isOperation = stream.startsWith(PROJECTION);
        if (!isOperation && !this.isTrusted()) await this.confirm();
        const result = await this.store.append(stream, expected, events);
        if (!isOperation) this.trustedAt = parts.clock.now();
        return result;
      },
      subscribe: (options) => this.subscribe(options),
      condition: async () =>
        this.condition.state === 'ok' ? this.store.condition() : this.condition,
    };
    this.watching = this.watch();
  }

  readonly isReplaced = (): boolean => this.condition.state === 'replaced';

  readonly onAccepted = (listener: () => void): void => void this.listeners.push(listener);

  readonly check = (): Promise<LogCondition> =>
    (this.checking ??= this.compare().finally(() => (this.checking = undefined)));

  readonly compareWhenAvailable = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        await this.check();
        break;
      } catch (error) {
        if (!(error instanceof EventStoreUnavailable)) throw error;
        await this.parts.clock.sleep(RETRY_MS, signal);
      }
    }
    if (this.condition.state === 'replaced') throw new LogReplaced(this.condition.cause);
  };

  readonly close = async (): Promise<void> => {
    this.closing.abort();
    await Promise.all([this.watching, this.identifying, this.checking?.catch(() => {})]);
  };

  private isTrusted(): boolean {
    return !this.isReplaced() && isTrusted(this.trustedAt, this.parts.clock.now());
  }

  private async compare(): Promise<LogCondition> {
    const { db, projections, clock } = this.parts;
    const { isUnfinished, lastFinished } = await acceptances(db);
    const readModels = projections.map(({ readModel }) => readModel);
    const checkpoints = await liveCheckpoints(db, readModels);
    const causes = await mismatches(this.store, checkpoints);
    const unidentified = checkpoints.filter(({ identity }) => !identity);
    if (unidentified.length > 0) {
      const mismatch = await logEndMismatch(this.store, unidentified);
      if (mismatch) causes.add(mismatch);
      else if (causes.size === 0) this.identify(unidentified);
    }
    if (isUnfinished)
      causes.add('Another log is being accepted: the read models are built from it');
    this.enter(causes.size > 0 ? { state: 'replaced', cause: [...causes].join('; ') } : OK);
    this.notifyAccepted(lastFinished);
    if (this.condition.state === 'ok') {
      this.confirmed = receivedBy(checkpoints.find(({ identity }) => identity));
      this.receive(this.confirmed);
      this.trustedAt = clock.now();
    }
    return this.condition;
  }

  /**
   * Compares because the log does not have `missing`. The read models decide: perhaps none of them
   * has applied it.
   */
  private async checkWithout(missing: EventIdentity | undefined): Promise<LogCondition> {
    const condition = await this.check();
    const isNewest = missing && this.newest && isSameId(this.newest.id, missing.id);
    if (condition.state === 'ok' && isNewest) this.newest = this.confirmed;
    return condition;
  }

  private receive(event: ReceivedEvent | undefined): void {
    if (event && (event.recordedAt ?? 0) >= (this.newest?.recordedAt ?? -Infinity))
      this.newest = withoutData(event);
  }

  private identify(unidentified: readonly LiveCheckpoint[]): void {
    const { db, projections, warn } = this.parts;
    const parts = { store: this.store, db, projections, signal: this.closing.signal };
    this.identifying ??= identifyCheckpoints(parts, unidentified)
      .catch((error: Error) =>
        warn(`checkpoints not identified yet, trying again: ${error.message}`),
      )
      .finally(() => (this.identifying = undefined));
  }

  private notifyAccepted(lastFinished: number): void {
    const isNew = this.accepted !== undefined && lastFinished > this.accepted;
    this.accepted = lastFinished;
    if (!isNew) return;
    this.newest = this.confirmed = undefined;
    this.endSubscriptions();
    for (const listener of this.listeners) listener();
  }

  private endSubscriptions(): void {
    this.ending.abort();
    this.ending = new AbortController();
  }

  private enter(next: LogCondition): void {
    const previous = this.condition;
    this.condition = next;
    if (next.state === 'replaced' && previous.state !== 'replaced') {
      this.endSubscriptions();
      this.parts.error(
        `log replaced: this is not the log that the read models were built from. ${next.cause}. ` +
          'Sales and projections are stopped: see "The log was replaced" in ' +
          'docs/operate/runbook.md',
      );
    }
    if (next.state === 'ok' && previous.state === 'replaced')
      this.parts.log(
        'this is the log that the read models were built from: sales and projections continue',
      );
  }

  /** After a silence the first append waits until the newest domain event was found in the log. */
  private confirm(): Promise<void> {
    return (this.confirming ??= this.confirmNewest().finally(() => (this.confirming = undefined)));
  }

  private async confirmNewest(): Promise<void> {
    if (this.condition.state !== 'replaced') {
      const last = this.newest;
      const mismatch = last && (await mismatchOf(this.store, last));
      if (last && !mismatch) {
        this.trustedAt = this.parts.clock.now();
        return;
      }
      await this.checkWithout(last).catch((error: Error) => {
        if (error instanceof EventStoreUnavailable) throw error;
        if (mismatch)
          throw new EventStoreUnavailable(
            `${mismatch}. The read models cannot be compared with the log: ${error.message}`,
            { cause: error },
          );
        // This process has received no domain event and cannot read the checkpoints: it trusts.
        this.parts.warn(`log not compared: ${error.message}`);
      });
    }
    if (this.condition.state === 'replaced') throw new LogReplaced(this.condition.cause);
  }

  /**
   * A restored log may have domain events that no read model has seen: nothing after a silence is
   * yielded before the domain event ahead of the silence was read back.
   */
  private async confirmReceived(
    received: EventIdentity,
    after: Position,
    signal: AbortSignal,
  ): Promise<void> {
    const closing = this.closing.signal;
    while (!signal.aborted && !closing.aborted) {
      try {
        const mismatch = await mismatchOf(this.store, received);
        if (mismatch === undefined) return;
        const condition = await this.checkWithout(received);
        if (condition.state === 'replaced') throw new LogReplaced(condition.cause);
        // No read model has it, but a runner of this process may be about to apply it. The runner
        // restarts and compares.
        throw new LogWentBack(after, mismatch);
      } catch (error) {
        if (error instanceof LogReplaced || error instanceof LogWentBack) throw error;
        await this.parts.clock.sleep(RETRY_MS, anySignal([signal, closing]));
      }
    }
  }

  private async *subscribe(options: SubscribeOptions): AsyncGenerator<SubscriptionBatch> {
    const ending = this.ending.signal;
    const signal = anySignal([options.signal, ending]);
    let last: ReceivedEvent | undefined = this.newest;
    let seen = options.after;
    if (this.condition.state === 'replaced') throw new LogReplaced(this.condition.cause);
    try {
      for await (const batch of this.store.subscribe({ ...options, signal })) {
        for (const received of eventsBeforeSilence(last, batch.events))
          await this.confirmReceived(received, seen, signal);
        if (ending.aborted) break;
        last = batch.events.at(-1) ?? last;
        seen = batch.checkpoint;
        this.receive(last);
        yield batch;
      }
    } catch (error) {
      if (!(error instanceof LogWentBack)) throw error;
      // The event store noticed before the next check: the check decides, and logs it once.
      const condition = await this.check();
      throw condition.state === 'replaced' ? new LogReplaced(condition.cause) : error;
    }
    if (ending.aborted && !options.signal.aborted) throw new LogReplaced('The log was replaced.');
  }

  private async watch(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      await this.parts.clock.sleep(CHECK_MS[this.isReplaced() ? 'replaced' : 'ok'], signal);
      // While the event store or the database is unavailable, readiness shows this.
      if (!signal.aborted) await this.check().catch(() => {});
    }
  }
}
