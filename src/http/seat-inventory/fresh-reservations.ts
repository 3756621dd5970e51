import { LRUCache } from 'lru-cache';
import type { Clock } from '../../ports/system/clock.js';
import type { ReservationView } from '../../read-models/seat-inventory/reservations.js';
import type { ReservationQueries } from '../../read-models/seat-inventory/reservations-queries.js';
import { untilVisible } from '../../read-models/tables/visible.js';
import { ASKED_WAIT_MS, type Freshness } from '../platform/freshness.js';
import { Problem } from '../problems/problems.js';

/** Customers whose last write is remembered. */
const MAX_REMEMBERED = 50_000;

/** The last change that a customer made through this process. */
export interface OwnWrite {
  readonly eventId: string;
  readonly reservationId: string;
  readonly revision: number;
}

/** Reservations in which their owner never misses an own change. */
export interface FreshReservations {
  remember(customerId: string, write: OwnWrite): void;
  /** Another log was accepted: revisions of the old log may never appear. */
  forgetAll(): void;
  /** The customer's own; undefined for anybody else's. @throws Problem `read-model-behind` */
  one(
    customerId: string,
    named: { readonly eventId: string; readonly reservationId: string },
    atLeast: number | undefined,
  ): Promise<ReservationView | undefined>;
  /**
   * Waits until the reservations and tickets of this event show revision `atLeast`, and the customer's own changes through
   * this process. @throws Problem `read-model-behind`, `event-not-found`
   */
  level(customerId: string, eventId: string, atLeast: number | undefined): Promise<void>;
  /** Newest first, of one event or of all. */
  all(customerId: string, eventId: string | undefined): Promise<ReservationView[]>;
}

export function openFreshReservations(
  queries: ReservationQueries,
  freshness: Freshness,
  clock: Clock,
): FreshReservations {
  const lastWrites = new LRUCache<string, OwnWrite>({ max: MAX_REMEMBERED });
  /** Those of the last writes for which a list need not wait: it shows them, or has waited for them once in vain. */
  const awaited = new WeakSet<OwnWrite>();

  return {
    remember: (customerId, write) => void lastWrites.set(customerId, write),
    forgetAll: () => lastWrites.clear(),

    one: async (customerId, { eventId, reservationId }, atLeast) => {
      const last = lastWrites.get(customerId);
      const own =
        last?.eventId === eventId && last.reservationId === reservationId ? last.revision : 0;
      const wanted = Math.max(own, atLeast ?? 0);
      const find = async () => {
        const view = await queries.reservation(eventId, reservationId);
        return view?.customerId === customerId ? view : undefined;
      };
      const isFresh = (view: ReservationView | undefined) => view && view.revision >= wanted;
      const deadline = clock.now() + ASKED_WAIT_MS;
      const now = await find();
      if (isFresh(now)) return now;
      await freshness.wait(eventId, wanted === 0 ? undefined : wanted);
      if (wanted === 0) return find();
      // The seats show what is wanted. The reservations are projected on their own, maybe on another node: what is missing or
      // older there is so in truth only when they have come as far.
      const mark = await queries.seatStatusPosition();
      const answer = await untilVisible(
        async () => {
          const standing = await queries.freshness(eventId, mark);
          const view = await find();
          if (isFresh(view) || standing === 'reached') return { view };
          if (standing === 'frozen') throw new Problem('read-model-behind');
          return undefined;
        },
        deadline - clock.now(),
        clock,
      );
      if (!answer) throw new Problem('read-model-behind');
      return answer.view;
    },

    level: async (customerId, eventId, atLeast) => {
      const last = lastWrites.get(customerId);
      const wanted = Math.max(last?.eventId === eventId ? last.revision : 0, atLeast ?? 0);
      if (wanted === 0) return;
      const deadline = clock.now() + ASKED_WAIT_MS;
      await freshness.wait(eventId, wanted);
      const mark = await queries.seatStatusPosition();
      for (const readModel of ['reservations', 'tickets'] as const) {
        const reached = await untilVisible(
          async () => {
            const standing = await queries.freshness(eventId, mark, readModel);
            if (standing === 'frozen') throw new Problem('read-model-behind');
            return standing === 'reached' || undefined;
          },
          deadline - clock.now(),
          clock,
        );
        if (!reached) throw new Problem('read-model-behind');
      }
    },

    all: async (customerId, eventId) => {
      const last = lastWrites.get(customerId);
      if (last && !awaited.has(last) && (eventId === undefined || eventId === last.eventId)) {
        const shown = async () => {
          const view = await queries.reservation(last.eventId, last.reservationId);
          return view && view.revision >= last.revision ? view : undefined;
        };
        await untilVisible(shown, ASKED_WAIT_MS, clock);
        awaited.add(last);
      }
      return queries.ofCustomer(customerId, eventId);
    },
  };
}
