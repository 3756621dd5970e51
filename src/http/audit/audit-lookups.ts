import type { Entry, History, Story } from '../../audit/history.js';
import type { RefusedAttempt, RefusedAttempts } from '../../audit/refused-attempts.js';
import type { Moment, TimeTravel } from '../../audit/time-travel.js';
import type { SeatingPlans } from '../../commands/seating-plan/seating-plans.js';
import type { InventoryOpenedData } from '../../domain/seat-inventory/events.js';
import { openGate } from '../platform/server/gate.js';
import { Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import type { RequestedMoment } from './audit-requests.js';

/** Lookups on this node at once, and those that may wait: sales run in the same process. */
const LOOKUPS = { atOnce: 2, mayWait: 8 };
const REPLAYS = { atOnce: 4, mayWait: 0 };

/** Domain events and rejected requests about one seat, reservation or customer. */
export interface FoundHistory extends Story {
  readonly refused: readonly RefusedAttempt[];
}

export interface Replay {
  readonly entries: AsyncGenerator<Entry>;
  /** Must be called once the answer has ended, so that another replay can start. */
  readonly leave: () => void;
}

/**
 * Reads the history of a sale for auditors, a few requests at a time. All methods throw Problem
 * `audit-busy` beyond that.
 */
export interface AuditLookups {
  /** @throws Problem `event-not-found`, `seat-not-found` */
  ofSeat(eventId: string, seatId: string): Promise<FoundHistory>;
  /** @throws Problem `event-not-found`, `reservation-not-found` */
  ofReservation(eventId: string, reservationId: string): Promise<FoundHistory>;
  /** @throws Problem `event-not-found` */
  ofCustomer(eventId: string, customerId: string): Promise<FoundHistory>;
  /** @throws Problem `event-not-found`, `moment-before-history`, `revision-not-reached` */
  at(eventId: string, moment: RequestedMoment): Promise<Moment>;
  /** @throws Problem as `at`, and `range-reversed` */
  between(
    eventId: string,
    from: RequestedMoment,
    to: RequestedMoment,
  ): Promise<{ readonly before: Moment; readonly after: Moment }>;
  /**
   * Domain events from revision `first` to `last`.
   * @throws Problem `event-not-found`, `revision-not-reached`
   */
  replay(eventId: string, first: bigint, last: bigint): Promise<Replay>;
}

export interface AuditParts {
  readonly history: History;
  readonly travel: TimeTravel;
  readonly refused: RefusedAttempts;
  readonly plans: SeatingPlans;
}

export function openAuditLookups(parts: AuditParts): AuditLookups {
  const { history, refused, plans } = parts;
  const lookups = openGate(LOOKUPS.atOnce, LOOKUPS.mayWait);
  const replays = openGate(REPLAYS.atOnce, REPLAYS.mayWait);
  const limited = async <T>(lookUp: () => Promise<T>): Promise<T> => {
    const leave = await lookups.enter();
    try {
      return await lookUp();
    } finally {
      leave();
    }
  };
  return {
    ofSeat: (eventId, seatId) =>
      limited(async () => {
        const { seatingPlanHash } = await openingOf(history, eventId);
        const { layout } = await plans.load(seatingPlanHash);
        if (!layout.indexOf.has(seatId)) throw new Problem('seat-not-found');
        return together(history.ofSeat(eventId, seatId), refused.ofSeat(eventId, seatId));
      }),
    ofReservation: (eventId, reservationId) =>
      limited(() => reservationHistory(parts, eventId, reservationId)),
    ofCustomer: (eventId, customerId) =>
      limited(async () => {
        await openingOf(history, eventId);
        // No account id has this character, and Postgres rejects it in a text.
        if (customerId.includes('\0')) throw new Problem('not-found');
        return together(
          history.ofCustomer(eventId, customerId),
          refused.ofCustomer(eventId, customerId),
        );
      }),
    at: (eventId, moment) => limited(() => momentOf(parts, eventId, moment)),
    between: (eventId, from, to) =>
      limited(async () => {
        const after = await momentOf(parts, eventId, to);
        const before = await momentOf(parts, eventId, from);
        if (before.revision > after.revision) throw new Problem('range-reversed');
        return { before, after };
      }),
    replay: async (eventId, first, last) => {
      const leave = await replays.enter();
      try {
        const newest = await newestOf(parts, eventId);
        if (first > newest) throw new Problem('revision-not-reached', { newest: Number(newest) });
        return { entries: history.replay(eventId, first, last < newest ? last : newest), leave };
      } catch (error) {
        leave();
        throw error;
      }
    },
  };
}

async function reservationHistory(
  { history, refused }: AuditParts,
  eventId: string,
  reservationId: string,
): Promise<FoundHistory> {
  await openingOf(history, eventId);
  if (!isId(reservationId)) throw new Problem('reservation-not-found');
  const found = await together(
    history.ofReservation(eventId, reservationId),
    refused.ofReservation(eventId, reservationId),
  );
  if (found.entries.length === 0 && found.refused.length === 0)
    throw new Problem('reservation-not-found');
  return found;
}

async function together(
  story: Promise<Story>,
  refused: Promise<RefusedAttempt[]>,
): Promise<FoundHistory> {
  const [found, attempts] = await Promise.all([story, refused]);
  return { ...found, refused: attempts };
}

async function openingOf(history: History, eventId: string): Promise<InventoryOpenedData> {
  const opening = isId(eventId) ? await history.opening(eventId) : undefined;
  if (!opening) throw new Problem('event-not-found');
  return opening;
}

async function newestOf({ travel }: AuditParts, eventId: string): Promise<bigint> {
  const newest = isId(eventId) ? await travel.newest(eventId) : undefined;
  if (newest === undefined) throw new Problem('event-not-found');
  return newest;
}

async function momentOf(
  parts: AuditParts,
  eventId: string,
  requested: RequestedMoment,
): Promise<Moment> {
  const { history, travel } = parts;
  const newest = await newestOf(parts, eventId);
  const revision =
    'revision' in requested ? requested.revision : await travel.revisionAt(eventId, requested.time);
  if (revision === undefined) {
    const { openedAt } = await openingOf(history, eventId);
    throw new Problem('moment-before-history', { openedAt });
  }
  const moment = revision <= newest ? await travel.at(eventId, revision) : undefined;
  if (!moment) throw new Problem('revision-not-reached', { newest: Number(newest) });
  return moment;
}
