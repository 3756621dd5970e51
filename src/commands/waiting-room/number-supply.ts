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

type ConfiguredRoom = NonNullable<WaitingRoom>;

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
  keepUp(queue: Queue, room: ConfiguredRoom, view: AdmissionView): Promise<void>;
  /**
   * Restores the numbers of the queue. @throws AdmissionsUnreachable when the queue was replaced by
   * another run
   */
  restore(queue: Queue): Promise<void>;
  /** Forgets a queue that is over. */
  forget(queue: Queue): void;
}

/** The numbers of a queue as this node knows them. */
interface KnownNumbers {
  issued: number;
  nowServing: number;
  /** Time of the last increase; milliseconds since the epoch. */
  addedAt: number;
  /** Highest queue number issued when the ceiling was last raised. */
  issuedThen: number;
  ceiling: number;
  /** Size of the last increase. The next one begins when half of it is left. */
  ahead: number;
  adding: Promise<void> | undefined;
  restoring: Promise<void> | undefined;
}

export const openNumberSupply = (parts: NumberSupplyParts): NumberSupply => new LogSupply(parts);

class LogSupply implements NumberSupply {
  private readonly queues = new Map<string, KnownNumbers>();

  constructor(private readonly parts: NumberSupplyParts) {}

  async take(queue: Queue, ask: () => Promise<TakenNumber>): Promise<Exclude<TakenNumber, string>> {
    for (;;) {
      const taken = await ask();
      const known = this.known(queue);
      if (taken === 'ceiling-reached') {
        await this.more(queue);
        continue;
      }
      known.issued = Math.max(known.issued, taken.number);
      if (known.ceiling - known.issued < known.ahead / 2 && !known.adding) {
        this.more(queue).catch((error: Error) =>
          this.parts.warn(`ceiling not raised in advance: ${error.message}`),
        );
      }
      return taken;
    }
  }

  more(queue: Queue): Promise<void> {
    const known = this.known(queue);
    known.adding ??= this.add(queue, known).finally(() => (known.adding = undefined));
    return known.adding;
  }

  saw(queue: Queue, { issued, nowServing }: AdmissionView): void {
    const known = this.known(queue);
    known.issued = Math.max(known.issued, issued);
    known.nowServing = Math.max(known.nowServing, nowServing);
  }

  async keepUp(queue: Queue, room: ConfiguredRoom, { nowServing }: AdmissionView): Promise<void> {
    // A log restored from a backup lacks the numbers that may have been issued since.
    if (room.setAside < this.known(queue).ceiling) await this.more(queue);
    const step = Math.max(SERVED_WRITTEN, room.settings.admitPerMinute);
    if (nowServing - room.nowServing < step) return;
    await this.setAside(queue, room.setAside, this.known(queue));
  }

  restore(queue: Queue): Promise<void> {
    const known = this.known(queue);
    known.restoring ??= this.restoreFromLog(queue, known).finally(
      () => (known.restoring = undefined),
    );
    return known.restoring;
  }

  forget({ id }: Queue): void {
    this.queues.delete(id);
  }

  private known({ id }: Queue): KnownNumbers {
    let known = this.queues.get(id);
    if (!known) {
      known = {
        issued: 0,
        nowServing: 0,
        addedAt: 0,
        issuedThen: 0,
        ceiling: 0,
        ahead: AHEAD.least,
        adding: undefined,
        restoring: undefined,
      };
      this.queues.set(id, known);
    }
    return known;
  }

  /**
   * Another node may have started another run since: then this queue issues no numbers here.
   * @throws AdmissionsUnreachable
   */
  private async latestRoom({ eventId, run }: Queue): Promise<ConfiguredRoom> {
    const room = await this.parts.log.latest(eventId);
    if (room?.run !== run)
      throw new AdmissionsUnreachable(`A run of the room of event ${eventId} is over.`);
    return room;
  }

  private async add(queue: Queue, known: KnownNumbers): Promise<void> {
    const { admissions, clock } = this.parts;
    const { setAside, startsAfter } = await this.latestRoom(queue);
    // Numbers of earlier runs were not issued in the last seconds.
    known.issued = Math.max(known.issued, startsAfter);
    known.issuedThen = Math.max(known.issuedThen, startsAfter);
    const now = clock.now();
    const seconds = Math.max(0.001, (now - known.addedAt) / 1_000);
    const perSecond = Math.max(0, known.issued - known.issuedThen) / seconds;
    const ahead = Math.min(AHEAD.most, Math.max(AHEAD.least, Math.ceil(perSecond * AHEAD_SECONDS)));
    Object.assign(known, { addedAt: now, issuedThen: known.issued, ahead });
    let ceiling = setAside;
    // Another node may have raised it.
    if (ceiling - known.issued < ahead / 2 || ceiling <= known.ceiling) {
      await this.setAside(queue, Math.max(ceiling, known.issued, known.ceiling) + ahead, known);
      ({ setAside: ceiling } = await this.latestRoom(queue));
    }
    await admissions.raiseCeiling(queue.id, ceiling);
    known.ceiling = ceiling;
  }

  private async setAside(
    { eventId, run }: Queue,
    upTo: number,
    { issued, nowServing }: KnownNumbers,
  ): Promise<void> {
    const { log, clock, contextOf } = this.parts;
    const now = clock.now();
    await log.write(
      { type: 'SetNumbersAside', eventId, run, upTo, issued, nowServing, now },
      contextOf(),
    );
  }

  private async restoreFromLog(queue: Queue, known: KnownNumbers): Promise<void> {
    const { admissions, randomness, warn } = this.parts;
    const { startsAfter, setAside, nowServing, issued } = await this.latestRoom(queue);
    const given = Math.max(issued ?? 0, known.issued);
    await admissions.restore(queue.id, {
      issued: Math.max(setAside, known.issued),
      nowServing: Math.max(nowServing, known.nowServing),
      lastGiven: issued === undefined && known.issued === 0 ? undefined : given,
      generation: randomness.uuid(),
    });
    if (setAside > startsAfter) warn(`numbers of event ${queue.eventId} restored from the log`);
  }
}
