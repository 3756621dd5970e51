import type { SeatStatusDelta } from './seat-status-board.js';

/**
 * Maximum of buffered deltas per event, for readers that are slightly behind: 10 s at 20 a second.
 */
const MAX_DELTAS = 200;
/** Maximum bytes of buffered deltas per event. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The recent deltas of one watched event, shared by all readers. */
export interface DeltaLog {
  add(delta: SeatStatusDelta): void;
  /** Discards all deltas. The log then starts after `revision`. */
  restart(revision: number): void;
  /**
   * Yields all deltas after `revision` until `signal` aborts. A reader older than the log first
   * gets one delta with everything that it missed.
   */
  after(revision: number, signal: AbortSignal): AsyncIterable<SeatStatusDelta>;
}

/**
 * @param startRevision revision of the board
 * @param readSince reads all changes after a revision
 */
export const openDeltaLog = (
  startRevision: number,
  readSince: (revision: number) => Promise<SeatStatusDelta | undefined>,
): DeltaLog => new BufferedDeltas(startRevision, readSince);

class BufferedDeltas implements DeltaLog {
  private deltas: SeatStatusDelta[] = [];
  private bytes = 0;
  private waiting = new Set<() => void>();
  /** Running reads by revision: readers at the same revision share one. */
  private readonly reads = new Map<number, Promise<SeatStatusDelta | undefined>>();

  /** @param floor the log is complete for readers at this revision or later */
  constructor(
    private floor: number,
    private readonly readSince: (revision: number) => Promise<SeatStatusDelta | undefined>,
  ) {}

  add(delta: SeatStatusDelta): void {
    this.deltas.push(delta);
    this.bytes += delta.frame.length;
    while (this.deltas.length > MAX_DELTAS || (this.bytes > MAX_BYTES && this.deltas.length > 1)) {
      const oldest = this.deltas.shift()!;
      this.bytes -= oldest.frame.length;
      this.floor = oldest.revision;
    }
    this.wake();
  }

  restart(revision: number): void {
    this.deltas = [];
    this.bytes = 0;
    this.floor = revision;
  }

  async *after(revision: number, signal: AbortSignal): AsyncGenerator<SeatStatusDelta> {
    let seen = revision;
    let wakeReader = () => {};
    const onAbort = () => wakeReader();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        const delta = seen < this.floor ? await this.catchUp(seen) : this.next(seen);
        if (delta && delta.revision > seen) {
          seen = delta.revision;
          if (delta.changes.length > 0 && !signal.aborted) yield delta;
        } else {
          await new Promise<void>((resolve) => {
            if (signal.aborted) return resolve();
            wakeReader = resolve;
            this.waiting.add(resolve);
          });
          this.waiting.delete(wakeReader);
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  private wake(): void {
    const woken = this.waiting;
    this.waiting = new Set();
    for (const resolve of woken) resolve();
  }

  private catchUp(revision: number): Promise<SeatStatusDelta | undefined> {
    let read = this.reads.get(revision);
    if (!read) {
      read = this.readSince(revision).finally(() => this.reads.delete(revision));
      this.reads.set(revision, read);
    }
    return read;
  }

  /**
   * Returns the oldest delta after `revision`. Searches from the newest, which most readers need.
   */
  private next(revision: number): SeatStatusDelta | undefined {
    let at = this.deltas.length;
    while (at > 0 && this.deltas[at - 1]!.revision > revision) at--;
    return this.deltas[at];
  }
}
