import type { Clock } from '../../ports/system/clock.js';
import type { LogCondition } from '../../ports/event-store/event-store.js';
import type { Log } from './shared-log.js';

/** After this long without a batch the log is asked whether it is available. Milliseconds. */
const QUIET_MS = 500;
/** Interval of further checks while no batch arrives. Milliseconds. */
const CHECK_MS = 2_000;
/** Time for the log to answer. Milliseconds. */
const ANSWER_MS = 2_000;
/**
 * After an outage a subscription may still be reconnecting. Only when the log has answered for this
 * long does a quiet subscription mean the end of the log again. Milliseconds.
 */
const RECONNECT_MS = 7_000;

/** Distinguishes the end of the log from an outage: in both cases a subscription yields nothing. */
export interface LivenessMonitor {
  /** Awaits the next batch. While no batch arrives, checks the log and calls the listeners. */
  during<T>(next: Promise<T>): Promise<T>;
}

export interface LivenessListeners {
  /** Called when the end of the log is reached. */
  readonly onEnd: () => void;
  /** Called at every check during an outage: the rest of the log is unknown. */
  readonly onUnavailable: () => void;
  /**
   * Called at every check with the time of the oldest withheld domain event (ms since the epoch).
   */
  readonly onWithheld: (since: number) => void;
}

export function openLivenessMonitor(
  log: Pick<Log, 'ping' | 'condition'>,
  clock: Clock,
  { onEnd, onUnavailable, onWithheld }: LivenessListeners,
): LivenessMonitor {
  let trustedFrom = -Infinity;

  const check = async (arrived: AbortSignal) => {
    const condition = await conditionInTime(log, clock);
    if (arrived.aborted) return;
    if (condition?.state === 'withheld') onWithheld(condition.since);
    else if (condition?.state !== 'ok') {
      trustedFrom = clock.now() + RECONNECT_MS;
      onUnavailable();
    } else if (clock.now() >= trustedFrom) onEnd();
  };

  const checkUntil = async (arrived: AbortSignal) => {
    await clock.sleep(QUIET_MS, arrived);
    while (!arrived.aborted) {
      await check(arrived);
      await clock.sleep(CHECK_MS, arrived);
    }
  };

  return {
    during: async (next) => {
      const arrived = new AbortController();
      void checkUntil(arrived.signal);
      try {
        return await next;
      } finally {
        arrived.abort();
      }
    },
  };
}

/** Returns undefined when the log does not answer in time. */
async function conditionInTime(
  log: Pick<Log, 'ping' | 'condition'>,
  clock: Clock,
): Promise<LogCondition | undefined> {
  const answered = new AbortController();
  const answer = Promise.all([log.condition(), log.ping()]).then(
    ([condition]) => condition,
    () => undefined,
  );
  const late = clock.sleep(ANSWER_MS, answered.signal).then(() => undefined);
  const condition = await Promise.race([answer, late]);
  answered.abort();
  return condition;
}
