import { anySignal } from '../../ports/system/any-signal.js';
import {
  rebuildsUnderWay,
  noteInterruption,
  type RebuildJob,
} from '../../read-models/projection/rebuilds.js';
import { LogReplaced } from '../../ports/event-store/log-identity.js';
import type { Projection } from '../projection.js';
import { runRebuild } from './rebuild.js';
import type { RebuildOptions } from './rebuild-steps.js';

/** How often a node looks for rebuilds that somebody has asked for, or cancelled. Milliseconds. */
const LOOK_MS = 500;
/** Before it tries one again that was interrupted, or that another node works on. Milliseconds. */
const RETRY_MS = 2_000;

export interface Rebuilds {
  /** Looks at once. */
  nudge(): void;
  /** Resolves when none is worked on here any more; another node goes on, or this one when it is back. */
  stop(): Promise<void>;
}

/** Works on the rebuilds of all these projections, each on one node at a time, until it is stopped. */
export function runRebuilds(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  projections: readonly Projection<any>[],
  options: RebuildOptions,
): Rebuilds {
  const { clock, db, warn } = options;
  const stopping = new AbortController();
  const working = new Map<
    string,
    { job: RebuildJob; abort: AbortController; ended: Promise<void> }
  >();
  const notBefore = new Map<string, number>();
  let nudged = new AbortController();

  const work = async (job: RebuildJob, abort: AbortController) => {
    const projection = projections.find(
      ({ readModel }) =>
        readModel.name === job.tables.name && readModel.version === job.tables.version,
    );
    if (!projection) return;
    try {
      await runRebuild(projection, job.id, options, abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return;
      const { message } = error as Error;
      // The log guard has already reported this.
      if (!(error instanceof LogReplaced))
        warn(`${job.tables.name}: ${job.kind} interrupted, trying again: ${message}`);
      await noteInterruption(db, job.id, message).catch(() => {});
    }
  };

  const begin = (job: RebuildJob) => {
    const abort = new AbortController();
    notBefore.set(job.id, clock.now() + RETRY_MS);
    const ended = work(job, abort).finally(() => working.delete(job.id));
    working.set(job.id, { job, abort, ended });
  };

  const look = async () => {
    for (const job of await rebuildsUnderWay(db)) {
      const here = working.get(job.id);
      if (!here) {
        const due = job.phase === 'cancelling' || clock.now() >= (notBefore.get(job.id) ?? 0);
        if (due && job.phase !== 'differs' && !stopping.signal.aborted) begin(job);
      } else if (job.phase === 'cancelling' && here.job.phase !== 'cancelling') here.abort.abort();
    }
  };

  const lookForEver = async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: Error) => warn(`rebuilds cannot be looked for: ${error.message}`));
      nudged = new AbortController();
      await clock.sleep(LOOK_MS, anySignal([stopping.signal, nudged.signal]));
      // Releases the listener on the process-wide signal.
      nudged.abort();
    }
    for (const { abort } of working.values()) abort.abort();
    await Promise.all([...working.values()].map(({ ended }) => ended));
  };
  const ended = lookForEver();

  return {
    nudge: () => nudged.abort(),
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}
