import type { Clock } from '../system/clock.js';

/** An announced query counts as waiting for this time. Milliseconds. */
export const ANNOUNCED_MS = 100;

/** Bounds of the time between two batches of domain events. Milliseconds. */
export interface Gathering {
  /** While a query waits. */
  readonly least: number;
  /** While no query waits. */
  readonly most: number;
}

/**
 * Queries that wait for a projection, such as those with `?atLeast`. While there are none, domain
 * events are gathered for longer, because fewer and larger batches cost less.
 */
export class WaitingQueries {
  private here = 0;
  private elsewhere = 0;
  private readonly listeners = new Set<() => void>();

  /** Whether queries of this process wait. */
  anyHere(): boolean {
    return this.here > 0;
  }

  /** Counts `query` as waiting until it has settled. */
  async during<T>(query: Promise<T>): Promise<T> {
    if (++this.here === 1) this.begin();
    try {
      return await query;
    } finally {
      this.here--;
    }
  }

  /** Counts a waiting query of another process for `ANNOUNCED_MS`. */
  async countAnnounced(clock: Pick<Clock, 'sleep'>, signal?: AbortSignal): Promise<void> {
    if (++this.elsewhere === 1) this.begin();
    await clock.sleep(ANNOUNCED_MS, signal);
    this.elsewhere--;
  }

  /** Calls `listener` when queries begin to wait. Returns a function that ends this. */
  onBegin(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /**
   * Waits until `most` milliseconds after `since`, and only until `least` once a query waits.
   * @param since in milliseconds of `clock`
   */
  async gather(
    clock: Clock,
    since: number,
    { least, most }: Gathering,
    signal: AbortSignal,
  ): Promise<void> {
    const pauseFor = async (ms: number, ended: AbortSignal) => {
      // A clock that was set back must not make it longer.
      const left = Math.min(ms, since + ms - clock.now());
      if (left > 0) await clock.sleep(left, ended);
    };
    if (this.here + this.elsewhere === 0 && !signal.aborted) {
      const cut = new AbortController();
      const stop = () => cut.abort();
      const forget = this.onBegin(stop);
      signal.addEventListener('abort', stop, { once: true });
      await pauseFor(most, cut.signal);
      signal.removeEventListener('abort', stop);
      forget();
    }
    await pauseFor(least, signal);
  }

  private begin(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Waiting queries, as known to this process. */
export const waitingQueries = new WaitingQueries();
