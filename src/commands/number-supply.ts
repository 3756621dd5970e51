import type { AdmissionView } from '../domain/waiting-room/admission.js';
import type { TakenNumber } from '../domain/waiting-room/numbers.js';
import type { WaitingRoom } from '../domain/waiting-room/state.js';
import type { Admissions } from '../ports/admissions.js';
import type { Clock } from '../ports/clock.js';
import type { Randomness } from '../ports/randomness.js';
import type { CommandContext } from './context.js';
import type { WaitingRoomLog } from './waiting-room-log.js';

/** Numbers that the log is told of at once: what comes in so many seconds, within these bounds. */
const AHEAD_SECONDS = 4;
const AHEAD = { least: 500, most: 20_000 };
/** What is served is written down again when it has gone on by so many, or a minute's worth if that is more. */
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
 * Sees to it that no number is given which the log does not know of: whatever else is lost, the counter goes on above all of them, and
 * nobody's number is given a second time. What this node has seen says how far they were really given.
 */
export interface NumberSupply {
  /** Takes a number by `ask`, as soon as the log knows of enough. */
  take(eventId: string, ask: () => Promise<TakenNumber>): Promise<number>;
  /** Has the log know of more numbers. */
  more(eventId: string): Promise<void>;
  /** What a beat has seen. */
  saw(eventId: string, view: AdmissionView): void;
  /** Writes down how far it has served, when that is due, and has numbers ready. */
  keepUp(eventId: string, room: NonNullable<WaitingRoom>, view: AdmissionView): Promise<void>;
  /** Sets up again what is kept of the numbers. */
  restore(eventId: string): Promise<void>;
}

interface Seen {
  issued: number;
  nowServing: number;
  /** Of the last addition; milliseconds since the epoch. */
  addedAt: number;
  issuedThen: number;
  ceiling: number;
  /** Added last time, and asked for again when half of it is left. */
  ahead: number;
  adding: Promise<void> | undefined;
}

export function openNumberSupply({
  log,
  admissions,
  clock,
  randomness,
  ...parts
}: NumberSupplyParts): NumberSupply {
  const events = new Map<string, Seen>();
  const seenOf = (eventId: string): Seen => {
    let seen = events.get(eventId);
    if (!seen) {
      seen = {
        ...{ issued: 0, nowServing: 0, addedAt: 0, issuedThen: 0, ceiling: 0, ahead: AHEAD.least },
        adding: undefined,
      };
      events.set(eventId, seen);
    }
    return seen;
  };

  const add = async (eventId: string, seen: Seen): Promise<void> => {
    const now = clock.now();
    const seconds = Math.max(0.001, (now - seen.addedAt) / 1_000);
    const perSecond = Math.max(0, seen.issued - seen.issuedThen) / seconds;
    const ahead = Math.min(AHEAD.most, Math.max(AHEAD.least, Math.ceil(perSecond * AHEAD_SECONDS)));
    Object.assign(seen, { addedAt: now, issuedThen: seen.issued, ahead });
    const room = await log.latest(eventId);
    if (!room) throw new Error(`Event ${eventId} has no waiting room.`);
    let ceiling = room.setAside;
    // Another node may have been here.
    if (ceiling - seen.issued < ahead / 2 || ceiling <= seen.ceiling) {
      const { nowServing } = seen;
      const upTo = Math.max(ceiling, seen.issued) + ahead;
      const written = await log.write(
        { type: 'SetNumbersAside', eventId, upTo, nowServing, now },
        parts.contextOf(),
      );
      if (written.accepted) ceiling = written.room.setAside;
    }
    await admissions.raiseCeiling(eventId, ceiling);
    seen.ceiling = ceiling;
  };
  const more = (eventId: string): Promise<void> => {
    const seen = seenOf(eventId);
    seen.adding ??= add(eventId, seen).finally(() => (seen.adding = undefined));
    return seen.adding;
  };

  return {
    more,
    take: async (eventId, ask) => {
      for (;;) {
        const taken = await ask();
        const seen = seenOf(eventId);
        if (taken === 'ceiling-reached') {
          await more(eventId);
          continue;
        }
        seen.issued = Math.max(seen.issued, taken.number);
        if (seen.ceiling - seen.issued < seen.ahead / 2 && !seen.adding) {
          more(eventId).catch((error: Error) => parts.warn(`no numbers ahead: ${error.message}`));
        }
        return taken.number;
      }
    },
    saw: (eventId, { issued, nowServing }) => {
      const seen = seenOf(eventId);
      seen.issued = Math.max(seen.issued, issued);
      seen.nowServing = Math.max(seen.nowServing, nowServing);
    },
    keepUp: async (eventId, room, { nowServing }) => {
      const step = Math.max(SERVED_WRITTEN, room.settings.admitPerMinute);
      if (nowServing - room.nowServing < step) return;
      const { setAside: upTo } = room;
      const now = clock.now();
      await log.write({ type: 'SetNumbersAside', eventId, upTo, nowServing, now }, parts.contextOf());
    },
    restore: async (eventId) => {
      const seen = seenOf(eventId);
      const { setAside = 0, nowServing = 0 } = (await log.latest(eventId)) ?? {};
      await admissions.restore(eventId, {
        issued: Math.max(setAside, seen.issued),
        nowServing: Math.max(nowServing, seen.nowServing),
        lastGiven: seen.issued > 0 ? seen.issued : undefined,
        generation: randomness.uuid(),
      });
      if (setAside > 0) parts.warn(`numbers of event ${eventId} set up from the log`);
    },
  };
}
