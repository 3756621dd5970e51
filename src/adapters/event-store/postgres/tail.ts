import type pg from 'pg';
import { HIGHEST, IS_FOREIGN, SETTLED } from './numbering.js';

/** Polling interval while subscriptions wait at the end of the log. Milliseconds. */
const POLL_MS = 20;

/**
 * Wakes waiting subscriptions when the log has grown: at once for appends of this process, by one
 * poll per process for those of other nodes. (NOTIFY in every append would serialize all commits of
 * the server.)
 */
export interface Tail {
  /** Changes whenever the log may have grown. */
  version(): number;
  /** Resolves when the version differs from `seen`, or on abort. */
  changed(seen: number, signal: AbortSignal): Promise<void>;
  wake(): void;
  /** Resolves when the last poll is over, after `closing` has aborted. */
  readonly ended: Promise<void>;
}

const HEAD = `
  select (select transaction_id::text || '/' || position from domain_events where ${SETTLED}
          order by transaction_id desc, position desc limit 1),
         (${HIGHEST})::text,
         ${IS_FOREIGN}`;

/** The settled end, the highest number, and whether that number comes from another cluster. */
type Head = [head: string | null, highest: string | null, isForeign: boolean];

/**
 * @param raise raises the base of the log's numbers above every stored number and above the highest
 * ever read
 */
export function openTail(
  pool: pg.Pool,
  raise: (highestRead: bigint) => Promise<void>,
  closing: AbortSignal,
): Tail {
  let version = 0;
  let lastHead: string | null | undefined;
  let highestRead = -1n;
  let waiting = new Set<() => void>();

  const wake = () => {
    version++;
    const woken = waiting;
    waiting = new Set();
    for (const resolve of woken) resolve();
  };

  const poll = async () => {
    while (!closing.aborted) {
      await new Promise<void>((resolve) => setTimeout(resolve, POLL_MS));
      if (waiting.size === 0 || closing.aborted) continue;
      await look().catch(() => {});
    }
    wake();
  };

  const look = async () => {
    const { rows } = await pool.query<Head>({ name: 'head', text: HEAD, rowMode: 'array' });
    const [newHead, newest, isForeign] = rows[0]!;
    const highest = newest === null ? -1n : BigInt(newest);
    // Restored from another cluster, or failed over to a replica that lagged: new ids are below
    // numbers already read.
    if (isForeign || highest < highestRead) await raise(highestRead);
    highestRead = highest;
    if (newHead !== lastHead) wake();
    lastHead = newHead;
  };

  return {
    version: () => version,
    changed: (seen, signal) =>
      new Promise<void>((resolve) => {
        if (version !== seen || signal.aborted) return resolve();
        const done = () => {
          signal.removeEventListener('abort', done);
          waiting.delete(done);
          resolve();
        };
        waiting.add(done);
        signal.addEventListener('abort', done, { once: true });
      }),
    wake,
    ended: poll(),
  };
}
