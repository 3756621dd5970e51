import { anySignal } from '../../ports/system/any-signal.js';
import {
  unfinishedRebuilds,
  recordInterruption,
  type RebuildJob,
} from '../../read-models/projection/rebuilds.js';
import { LogReplaced } from '../../ports/event-store/log-identity.js';
import type { Projection } from '../projection.js';
import { runRebuild } from './rebuild.js';
import type { RebuildOptions } from './rebuild-steps.js';

/** Interval at which a node polls for started and canceled rebuilds. Milliseconds. */
const POLL_MS = 500;
/**
 * Pause before a rebuild is tried again that was interrupted, or that another node works on.
 * Milliseconds.
 */
const RETRY_MS = 2_000;

export interface Rebuilds {
  /** Polls now. */
  nudge(): void;
  /**
   * Resolves when this node works on no rebuild. Another node continues, or this one after its
   * restart.
   */
  stop(): Promise<void>;
}

interface Working {
  readonly job: RebuildJob;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Works on the rebuilds of these projections until it is stopped. One node at a time works on a
 * rebuild.
 */
export function runRebuilds(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  projections: readonly Projection<any>[],
  options: RebuildOptions,
): Rebuilds {
  const { clock, db, warn } = options;
  const stopping = new AbortController();
  const working = new Map<string, Working>();
  const retryAt = new Map<string, number>();
  let nudged = new AbortController();

  const work = async (job: RebuildJob, abort: AbortController) => {
    const { name, version } = job.tables;
    const projection = projections.find(
      ({ readModel }) => readModel.name === name && readModel.version === version,
    );
    if (!projection) return;
    try {
      await runRebuild(projection, job.id, options, abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return;
      const { message } = error as Error;
      // The log guard has already reported this.
      if (!(error instanceof LogReplaced))
        warn(`${name}: ${job.kind} interrupted, trying again: ${message}`);
      await recordInterruption(db, job.id, message).catch(() => {});
    }
  };

  const begin = (job: RebuildJob) => {
    const abort = new AbortController();
    retryAt.set(job.id, clock.now() + RETRY_MS);
    const ended = work(job, abort).finally(() => working.delete(job.id));
    working.set(job.id, { job, abort, ended });
  };

  const poll = async () => {
    for (const job of await unfinishedRebuilds(db)) {
      const current = working.get(job.id);
      if (!current) {
        const due = job.phase === 'cancelling' || clock.now() >= (retryAt.get(job.id) ?? 0);
        if (due && job.phase !== 'differs' && !stopping.signal.aborted) begin(job);
      } else if (job.phase === 'cancelling' && current.job.phase !== 'cancelling')
        current.abort.abort();
    }
  };

  const pollUntilStopped = async () => {
    while (!stopping.signal.aborted) {
      await poll().catch((error: Error) => warn(`rebuilds not polled: ${error.message}`));
      nudged = new AbortController();
      await clock.sleep(POLL_MS, anySignal([stopping.signal, nudged.signal]));
      // Releases the listener on the process-wide signal.
      nudged.abort();
    }
    for (const { abort } of working.values()) abort.abort();
    await Promise.all([...working.values()].map(({ ended }) => ended));
  };
  const ended = pollUntilStopped();

  return {
    nudge: () => nudged.abort(),
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}
