import type { AdmissionView } from '../../domain/waiting-room/admission.js';
import type { TakenNumber } from '../../domain/waiting-room/numbers.js';
import type { Queue, WaitingRoom } from '../../domain/waiting-room/state.js';
import { AdmissionsUnreachable, type Admissions } from '../../ports/waiting-room/admissions.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { CommandContext } from '../shared/context.js';
import type { WaitingRoomLog } from './waiting-room-log.js';

/** Numbers reserved in the log at once: the demand of this many seconds, within these bounds. */
const AHEAD_SECONDS = 4;
const AHEAD = { least: 500, most: 20_000 };
/** The served number is stored again after this many, or after a minute's worth if that is more. */
const SERVED_WRITTEN = 100;

export interface NumberSupplyParts {
  readonly log: WaitingRoomLog;
  readonly admissions: Admissions;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly warn: (message: string) => void;
  readonly contextOf: () => CommandContext;
}

/**
 * Makes sure that no number is issued above the ceiling in the log. After a loss the counter
 * continues above the ceiling, so no number is issued twice. The numbers that this node has seen
 * show how many were really issued.
 */
export interface NumberSupply {
  /** Issues a number with `ask`, as soon as the log allows enough of them. */
  take(queue: Queue, ask: () => Promise<TakenNumber>): Promise<Exclude<TakenNumber, string>>;
  /** Raises the ceiling in the log. */
  more(queue: Queue): Promise<void>;
  /** Reports the view of the last tick. */
  saw(queue: Queue, view: AdmissionView): void;
  /** Stores how far numbers were served if that is due, and raises the ceiling in advance. */
  keepUp(queue: Queue, room: NonNullable<WaitingRoom>, view: AdmissionView): Promise<void>;
  /**
   * Restores the numbers of the queue. @throws AdmissionsUnreachable when the queue was replaced by
   * another run
   */
  restore(queue: Queue): Promise<void>;
  /** Forgets a queue that is over. */
  forget(queue: Queue): void;
}

interface Seen {
  issued: number;
  nowServing: number;
  /** Time of the last increase; milliseconds since the epoch. */
  addedAt: number;
  issuedThen: number;
  ceiling: number;
  /** Size of the last increase. The next one begins when half of it is left. */
  ahead: number;
  adding: Promise<void> | undefined;
  restoring: Promise<void> | undefined;
}

export function openNumberSupply({
  log,
  admissions,
  clock,
  randomness,
  ...parts
}: NumberSupplyParts): NumberSupply {
  const queues = new Map<string, Seen>();
  const seenOf = ({ id }: Queue): Seen => {
    let seen = queues.get(id);
    if (!seen) {
      seen = {
        ...{ issued: 0, nowServing: 0, addedAt: 0, issuedThen: 0, ceiling: 0, ahead: AHEAD.least },
        ...{ adding: undefined, restoring: undefined },
      };
      queues.set(id, seen);
    }
    return seen;
  };

  /**
   * A queue that another node has set up since belongs to another run: none of its numbers are
   * issued here.
   */
  const latestOf = async ({ eventId, run }: Queue): Promise<NonNullable<WaitingRoom>> => {
    const room = await log.latest(eventId);
    if (room?.run !== run)
      throw new AdmissionsUnreachable(`A run of the room of event ${eventId} is over.`);
    return room;
  };

  const add = async (queue: Queue, seen: Seen): Promise<void> => {
    const { setAside: known, startsAfter } = await latestOf(queue);
    // Numbers of earlier runs were not issued in the last seconds.
    seen.issued = Math.max(seen.issued, startsAfter);
    seen.issuedThen = Math.max(seen.issuedThen, startsAfter);
    const now = clock.now();
    const seconds = Math.max(0.001, (now - seen.addedAt) / 1_000);
    const perSecond = Math.max(0, seen.issued - seen.issuedThen) / seconds;
    const ahead = Math.min(AHEAD.most, Math.max(AHEAD.least, Math.ceil(perSecond * AHEAD_SECONDS)));
    Object.assign(seen, { addedAt: now, issuedThen: seen.issued, ahead });
    let ceiling = known;
    // Another node may have raised it.
    if (ceiling - seen.issued < ahead / 2 || ceiling <= seen.ceiling) {
      await setAside(queue, Math.max(ceiling, seen.issued, seen.ceiling) + ahead, seen);
      ({ setAside: ceiling } = await latestOf(queue));
    }
    await admissions.raiseCeiling(queue.id, ceiling);
    seen.ceiling = ceiling;
  };
  const setAside = ({ eventId, run }: Queue, upTo: number, { issued, nowServing }: Seen) => {
    const now = clock.now();
    const command = {
      type: 'SetNumbersAside',
      eventId,
      run,
      upTo,
      issued,
      nowServing,
      now,
    } as const;
    return log.write(command, parts.contextOf());
  };
  const more = (queue: Queue): Promise<void> => {
    const seen = seenOf(queue);
    seen.adding ??= add(queue, seen).finally(() => (seen.adding = undefined));
    return seen.adding;
  };

  return {
    more,
    take: async (queue, ask) => {
      for (;;) {
        const taken = await ask();
        const seen = seenOf(queue);
        if (taken === 'ceiling-reached') {
          await more(queue);
          continue;
        }
        seen.issued = Math.max(seen.issued, taken.number);
        if (seen.ceiling - seen.issued < seen.ahead / 2 && !seen.adding) {
          more(queue).catch((error: Error) =>
            parts.warn(`ceiling not raised in advance: ${error.message}`),
          );
        }
        return taken;
      }
    },
    saw: (queue, { issued, nowServing }) => {
      const seen = seenOf(queue);
      seen.issued = Math.max(seen.issued, issued);
      seen.nowServing = Math.max(seen.nowServing, nowServing);
    },
    keepUp: async (queue, room, { nowServing }) => {
      // A log restored from a backup lacks the numbers that may have been issued since.
      if (room.setAside < seenOf(queue).ceiling) await more(queue);
      const step = Math.max(SERVED_WRITTEN, room.settings.admitPerMinute);
      if (nowServing - room.nowServing < step) return;
      await setAside(queue, room.setAside, seenOf(queue));
    },
    restore: (queue) => {
      const seen = seenOf(queue);
      seen.restoring ??= restore(queue, seen).finally(() => (seen.restoring = undefined));
      return seen.restoring;
    },
    forget: ({ id }) => void queues.delete(id),
  };

  async function restore(queue: Queue, seen: Seen): Promise<void> {
    const { startsAfter, setAside, nowServing, issued } = await latestOf(queue);
    const given = Math.max(issued ?? 0, seen.issued);
    await admissions.restore(queue.id, {
      issued: Math.max(setAside, seen.issued),
      nowServing: Math.max(nowServing, seen.nowServing),
      lastGiven: issued === undefined && seen.issued === 0 ? undefined : given,
      generation: randomness.uuid(),
    });
    if (setAside > startsAfter)
      parts.warn(`numbers of event ${queue.eventId} restored from the log`);
  }
}
