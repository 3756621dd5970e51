import type pg from 'pg';

/** How often the end of the log is looked at while somebody waits there. Milliseconds. */
const POLL_MS = 20;

/**
 * Tells waiting subscriptions that the log has grown: at once for this process's own appends, by one poll per
 * process for those of other nodes. (NOTIFY in every append would serialize all commits of the server.)
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

export function openTail(pool: pg.Pool, settled: string, closing: AbortSignal): Tail {
  const head = `select transaction_id::text || '/' || position from domain_events where ${settled}
                order by transaction_id desc, position desc limit 1`;
  let version = 0;
  let lastHead: string | undefined;
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
      const { rows } = await pool
        .query<[string]>({ name: 'head', text: head, rowMode: 'array' })
        .catch(() => ({ rows: [] }));
      const newHead = rows[0]?.[0];
      if (newHead !== lastHead) wake();
      lastHead = newHead;
    }
    wake();
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
