import type { SeatStatusDelta } from './seat-status-board.js';

/** The newest deltas of one event that are kept for readers who are a little behind: ten seconds at 20 a second. */
const MAX_DELTAS = 200;
/** Bytes of the deltas kept. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The recent deltas of one watched event, shared by all who read them. */
export interface DeltaLog {
  add(delta: SeatStatusDelta): void;
  /** Forgets all; from here on the log starts after `revision`. */
  restart(revision: number): void;
  /** Everything after `revision`, without end; whoever is older than the log first gets one delta of all it missed. */
  after(revision: number, signal: AbortSignal): AsyncIterable<SeatStatusDelta>;
}

/** `startRevision`: where the board stands. `missedSince` reads all changes after a revision. */
export function openDeltaLog(
  startRevision: number,
  missedSince: (revision: number) => Promise<SeatStatusDelta | undefined>,
): DeltaLog {
  let deltas: SeatStatusDelta[] = [];
  let bytes = 0;
  /** The log is complete for whoever has seen this revision. */
  let floor = startRevision;
  let sleepers = new Set<() => void>();
  /** Reads under way: one serves all who ask after the same revision. */
  const missed = new Map<number, Promise<SeatStatusDelta | undefined>>();

  const wake = () => {
    const woken = sleepers;
    sleepers = new Set();
    for (const resolve of woken) resolve();
  };

  const catchUp = (revision: number) => {
    let reading = missed.get(revision);
    if (!reading) {
      reading = missedSince(revision).finally(() => missed.delete(revision));
      missed.set(revision, reading);
    }
    return reading;
  };

  /** The oldest delta that holds something new; deltas are few, and most readers want the newest. */
  const next = (revision: number): SeatStatusDelta | undefined => {
    let at = deltas.length;
    while (at > 0 && deltas[at - 1]!.revision > revision) at--;
    return deltas[at];
  };

  async function* after(revision: number, signal: AbortSignal): AsyncGenerator<SeatStatusDelta> {
    let seen = revision;
    let wakeMe = () => {};
    const onAbort = () => wakeMe();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        const delta = seen < floor ? await catchUp(seen) : next(seen);
        if (delta && delta.revision > seen) {
          seen = delta.revision;
          if (delta.changes.length > 0 && !signal.aborted) yield delta;
        } else {
          await new Promise<void>((resolve) => {
            if (signal.aborted) return resolve();
            wakeMe = resolve;
            sleepers.add(resolve);
          });
          sleepers.delete(wakeMe);
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  return {
    add: (delta) => {
      deltas.push(delta);
      bytes += delta.frame.length;
      while (deltas.length > MAX_DELTAS || (bytes > MAX_BYTES && deltas.length > 1)) {
        const oldest = deltas.shift()!;
        bytes -= oldest.frame.length;
        floor = oldest.revision;
      }
      wake();
    },
    restart: (revision) => {
      deltas = [];
      bytes = 0;
      floor = revision;
    },
    after,
  };
}
