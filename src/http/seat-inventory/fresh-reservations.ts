import { LRUCache } from 'lru-cache';
import { atMost } from '../../ports/shared/at-most.js';
import type { Reservation } from '../../domain/seat-inventory/state/reservation.js';
import type { Clock } from '../../ports/system/clock.js';
import type { ReservationView } from '../../read-models/seat-inventory/reservations.js';
import type { ReservationQueries } from '../../read-models/seat-inventory/reservations-queries.js';
import { untilVisible } from '../../read-models/tables/visible.js';
import { ASKED_WAIT_MS, type Freshness } from '../platform/freshness.js';
import { Problem } from '../problems/problems.js';

/** Customers whose last write is remembered. */
const MAX_REMEMBERED = 50_000;

/** The last change that a customer made through this process. */
interface OwnWrite {
  readonly eventId: string;
  readonly reservationId: string;
  readonly revision: number;
}

/** Queries reservations. The owner's own changes through this process are always visible. */
export class FreshReservations {
  /** By customer. */
  private readonly lastWrites = new LRUCache<string, OwnWrite>(atMost(MAX_REMEMBERED));
  /**
   * Writes that a list does not wait for again: they were shown, or did not appear in time once.
   */
  private readonly awaited = new WeakSet<OwnWrite>();

  constructor(
    private readonly queries: ReservationQueries,
    private readonly freshness: Freshness,
    private readonly clock: Clock,
  ) {}

  /** Records a change of a reservation by its customer. @param revision of the inventory */
  recordWrite(
    eventId: string,
    { id, customerId }: Pick<Reservation, 'id' | 'customerId'>,
    revision: bigint,
  ): void {
    const write = { eventId, reservationId: id, revision: Number(revision) };
    this.lastWrites.set(customerId, write);
  }

  /**
   * Forgets all writes: after another log was accepted, revisions of the old one may never appear.
   */
  forgetAll(): void {
    this.lastWrites.clear();
  }

  /**
   * Finds a reservation of this customer; undefined for any other.
   * @throws Problem `read-model-behind`
   */
  async find(
    customerId: string,
    { eventId, reservationId }: { readonly eventId: string; readonly reservationId: string },
    atLeast: number | undefined,
  ): Promise<ReservationView | undefined> {
    const last = this.lastWrites.get(customerId);
    const own =
      last?.eventId === eventId && last.reservationId === reservationId ? last.revision : 0;
    const revision = Math.max(own, atLeast ?? 0);
    const query = async () => {
      const view = await this.queries.reservation(eventId, reservationId);
      return view?.customerId === customerId ? view : undefined;
    };
    const deadline = this.clock.now() + ASKED_WAIT_MS;
    const view = await query();
    if (view && view.revision >= revision) return view;
    await this.freshness.wait(eventId, revision === 0 ? undefined : revision);
    return revision === 0 ? query() : this.queryAt(eventId, revision, query, deadline);
  }

  /**
   * Waits until the reservations and tickets of this event show revision `atLeast`, and the
   * customer's own changes through this process. @throws Problem `read-model-behind`,
   * `event-not-found`
   */
  async waitFor(customerId: string, eventId: string, atLeast: number | undefined): Promise<void> {
    const last = this.lastWrites.get(customerId);
    const revision = Math.max(last?.eventId === eventId ? last.revision : 0, atLeast ?? 0);
    if (revision === 0) return;
    const deadline = this.clock.now() + ASKED_WAIT_MS;
    await this.freshness.wait(eventId, revision);
    const position = await this.queries.seatStatusPosition();
    for (const readModel of ['reservations', 'tickets'] as const) {
      await this.untilVisible(deadline, async () => {
        const freshness = await this.queries.freshness(eventId, position, readModel);
        if (freshness === 'frozen') throw new Problem('read-model-behind');
        return freshness === 'reached' || undefined;
      });
    }
  }

  /** Lists the customer's reservations of one event or of all, newest first. */
  async list(customerId: string, eventId: string | undefined): Promise<ReservationView[]> {
    const last = this.lastWrites.get(customerId);
    if (last && !this.awaited.has(last) && (eventId === undefined || eventId === last.eventId)) {
      const shown = async () => {
        const view = await this.queries.reservation(last.eventId, last.reservationId);
        return view && view.revision >= last.revision ? view : undefined;
      };
      await untilVisible(shown, ASKED_WAIT_MS, this.clock);
      this.awaited.add(last);
    }
    return this.queries.ofCustomer(customerId, eventId);
  }

  /**
   * Queries a reservation whose seats show `revision` already. Reservations are projected
   * separately, maybe by another node: what is missing or older there is so in the log only when
   * that projection has come as far as the seats have.
   */
  private async queryAt(
    eventId: string,
    revision: number,
    query: () => Promise<ReservationView | undefined>,
    deadline: number,
  ): Promise<ReservationView | undefined> {
    const position = await this.queries.seatStatusPosition();
    const found = await this.untilVisible(deadline, async () => {
      const freshness = await this.queries.freshness(eventId, position);
      const view = await query();
      if ((view && view.revision >= revision) || freshness === 'reached') return { view };
      if (freshness === 'frozen') throw new Problem('read-model-behind');
      return undefined;
    });
    return found.view;
  }

  /**
   * @param deadline milliseconds since the epoch
   * @throws Problem `read-model-behind` at the deadline
   */
  private async untilVisible<T>(
    deadline: number,
    find: () => Promise<T | undefined>,
  ): Promise<NonNullable<T>> {
    const found = await untilVisible(find, deadline - this.clock.now(), this.clock);
    if (!found) throw new Problem('read-model-behind');
    return found;
  }
}
