import type { Clock } from '../../ports/system/clock.js';
import type { LogCondition } from '../../ports/event-store/event-store.js';
import type { Log } from './shared-log.js';

/** A subscription that has given nothing for this long is at the end of the log, if the log answers. Milliseconds. */
const QUIET_MS = 500;
/** Between further looks, while it goes on giving nothing. Milliseconds. */
const LOOK_MS = 2_000;
/** For the log to answer. Milliseconds. */
const ANSWER_MS = 2_000;
/**
 * After the log was out of reach a subscription may still be waiting to be opened again: only when the log has answered
 * for this long does silence mean the end once more. Milliseconds.
 */
const REOPENED_MS = 7_000;

/** A subscription yields nothing at the end of the log, and nothing either while it cannot be had. */
export interface Silence {
  /** What `next` gives; while that takes long, the log is asked whether it is there. */
  during<T>(next: Promise<T>): Promise<T>;
}

export interface LivenessListeners {
  /** There is nothing more to read. */
  readonly onEnd: () => void;
  /** Nobody knows what there is to read. Told again at every look. */
  readonly onOutOfReach: () => void;
  /** Called at every check with the time of the oldest withheld domain event (milliseconds since the epoch). */
  readonly onWithheld: (since: number) => void;
}

export function openLivenessMonitor(
  log: Pick<Log, 'ping' | 'condition'>,
  clock: Clock,
  { onEnd, onOutOfReach, onWithheld }: LivenessListeners,
): Silence {
  let trustedFrom = -Infinity;

  const look = async (given: AbortSignal) => {
    const condition = await conditionInTime(log, clock);
    if (given.aborted) return;
    if (condition?.state === 'withheld') onWithheld(condition.since);
    else if (condition?.state !== 'ok') {
      trustedFrom = clock.now() + REOPENED_MS;
      onOutOfReach();
    } else if (clock.now() >= trustedFrom) onEnd();
  };

  const listen = async (given: AbortSignal) => {
    await clock.sleep(QUIET_MS, given);
    while (!given.aborted) {
      await look(given);
      await clock.sleep(LOOK_MS, given);
    }
  };

  return {
    during: async (next) => {
      const given = new AbortController();
      void listen(given.signal);
      try {
        return await next;
      } finally {
        given.abort();
      }
    },
  };
}

/** Undefined when the log does not answer in time. */
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
