import { LRUCache } from 'lru-cache';
import { atMost } from '../../ports/shared/at-most.js';
import type { Pressure } from '../../domain/abuse/price.js';
import { HoldDeadlines } from '../../domain/seat-inventory/state/hold-deadlines.js';
import type { Reservation } from '../../domain/seat-inventory/state/reservation.js';
import type { HoldOwner } from '../../ports/abuse/abuse.js';
import type { Clock } from '../../ports/system/clock.js';
import { slidingCount, type SlidingCount } from './sliding-count.js';

/**
 * Each seat that a network has paid for lets it hold this many more, up to this share of the
 * event's seats.
 */
export const EARNED_PER_PAID_SEAT = 20;
export const MAX_EARNED_SHARE = 0.5;
/**
 * Paid seats of a network count for a day; seats of its unpaid holds count as a debt for an hour.
 * Milliseconds.
 */
const PAID_MS = 86_400_000;
const DEBT_MS = 3_600_000;
/**
 * An unpaid hold of this length is a debt of all its seats; a shorter one of a proportional part.
 * Milliseconds.
 */
const FULL_DEBT_MS = 600_000;
/**
 * A hold that is overdue but not ended by the inventory is checked again after this. Milliseconds.
 */
const RECHECK_MS = 30_000;
/** Maximum time until a request reports its outcome. Milliseconds. */
const UNDECIDED_MS = 60_000;
/**
 * Networks and paying accounts that a process remembers; the least recently used one is evicted
 * first.
 */
const MAX_NETWORKS = 100_000;
const MAX_PAYING_ACCOUNTS = 200_000;

/** Size of an event's inventory, and the most that one customer may take of it. */
export interface InventorySize {
  readonly seats: number;
  readonly maxSeatsPerCustomer: number;
}

export interface RequestedHold {
  readonly owner: HoldOwner;
  readonly eventId: string;
  readonly holdId: string;
  readonly seats: number;
}

/** One request's part in a counted hold. */
export interface CountedRequest {
  /** The hold exists already: the request is a repeat. */
  readonly exists: boolean;
  /** The pressure, including the seats of this request. */
  pressure(size: InventorySize): Pressure;
  /** Reports that the hold exists. @param until milliseconds since the epoch */
  held(until: number): void;
  /** Reports that the request got no hold. */
  cancel(): void;
}

interface CountedHold extends RequestedHold {
  readonly number: number;
  readonly network: string | undefined;
  /** Seats of the hold; none for an account that has paid before. */
  readonly weight: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Milliseconds since the epoch. */
  until: number;
  exists: boolean;
}

interface NetworkRecord {
  /** Seats that the network has paid for. */
  readonly paid: SlidingCount;
  /** Seats of unpaid holds that ended. */
  readonly debt: SlidingCount;
}

interface EventRecord {
  unpaid: number;
  readonly byNetwork: Map<string, number>;
}

/**
 * Counts seats held and unpaid, per event and per widest network of the holder, as this process
 * sees them.
 */
export class InventoryPressure {
  private readonly holds = new Map<string, CountedHold>();
  private readonly byNumber = new Map<number, CountedHold>();
  private readonly deadlines = new HoldDeadlines(
    (number, time) => this.byNumber.get(number)?.until === time,
  );
  private readonly events = new Map<string, EventRecord>();
  private readonly networks = new LRUCache<string, NetworkRecord>(atMost(MAX_NETWORKS));
  private readonly paying = new LRUCache<string, true>(atMost(MAX_PAYING_ACCOUNTS));
  private numbers = 0;

  constructor(
    private readonly clock: Clock,
    /** Returns the reservation if it is in the memory of this node. */
    private readonly reservationOf: (
      eventId: string,
      reservationId: string,
    ) => Reservation | undefined,
  ) {}

  /**
   * Counts the seats immediately, so that each of several concurrent requests sees the earlier
   * ones.
   */
  count(request: RequestedHold): CountedRequest {
    this.recheckOverdue();
    const before = this.holds.get(request.holdId);
    const hold = before ?? this.add(request);
    return {
      exists: hold.exists,
      pressure: (size) => this.pressureOn(hold, size),
      held: (until) => {
        const counted = this.holds.get(hold.holdId) ?? this.add(request);
        counted.exists = true;
        this.setUntil(counted, until);
      },
      cancel: () => {
        if (!before && !hold.exists && this.byNumber.has(hold.number)) this.remove(hold);
      },
    };
  }

  /** Updates a hold from the inventory after it was extended or has ended. */
  update(holdId: string): void {
    const hold = this.holds.get(holdId);
    if (hold) this.recheck(hold);
  }

  hasPaid(account: string): boolean {
    return this.paying.has(account);
  }

  /** Marks an account that bought before this process started. */
  markAsPaying(account: string): void {
    this.paying.set(account, true);
  }

  /** Counts the seats of an event that are held and unpaid by accounts that have never paid. */
  unpaidSeats(eventId: string): number {
    this.recheckOverdue();
    return this.events.get(eventId)?.unpaid ?? 0;
  }

  private add(request: RequestedHold): CountedHold {
    const now = this.clock.now();
    const hold: CountedHold = {
      ...request,
      number: ++this.numbers,
      network: request.owner.networks.at(-1),
      since: now,
      until: now + UNDECIDED_MS,
      exists: false,
      weight: this.paying.has(request.owner.account) ? 0 : request.seats,
    };
    this.holds.set(hold.holdId, hold);
    this.byNumber.set(hold.number, hold);
    this.deadlines.add(hold.number, hold.until);
    this.weigh(hold, 1);
    return hold;
  }

  private remove(hold: CountedHold): void {
    this.holds.delete(hold.holdId);
    this.byNumber.delete(hold.number);
    this.weigh(hold, -1);
  }

  /** @param sign 1 to add the seats, -1 to subtract them */
  private weigh({ eventId, network, weight }: CountedHold, sign: 1 | -1): void {
    const event = this.events.get(eventId) ?? { unpaid: 0, byNetwork: new Map<string, number>() };
    event.unpaid += sign * weight;
    if (network !== undefined) {
      const left = (event.byNetwork.get(network) ?? 0) + sign * weight;
      if (left > 0) event.byNetwork.set(network, left);
      else event.byNetwork.delete(network);
    }
    if (event.unpaid > 0) this.events.set(eventId, event);
    else this.events.delete(eventId);
  }

  private setUntil(hold: CountedHold, until: number): void {
    if (until === hold.until) return;
    hold.until = until;
    this.deadlines.add(hold.number, until);
  }

  private recheckOverdue(): void {
    for (const number of this.deadlines.passed(this.clock.now()))
      this.recheck(this.byNumber.get(number)!);
  }

  private recheck(hold: CountedHold): void {
    const reservation = this.reservationOf(hold.eventId, hold.holdId);
    if (reservation?.status !== 'held') return this.settle(hold, reservation);
    this.setUntil(hold, Math.max(reservation.expiresAt, this.clock.now() + RECHECK_MS));
  }

  /** Removes the hold from the count and updates the credit or debt of its owner. */
  private settle(hold: CountedHold, reservation: Reservation | undefined): void {
    this.remove(hold);
    const { owner, network, seats, since } = hold;
    const now = this.clock.now();
    if (reservation?.status === 'confirmed') {
      // Free seats give neither credit nor debt.
      if (reservation.total.amountMinor === 0) return;
      this.paying.set(owner.account, true);
      if (network !== undefined) this.networkRecord(network).paid.add(now, seats);
    } else if (reservation && hold.weight > 0 && network !== undefined) {
      const share = Math.min(1, (now - since) / FULL_DEBT_MS);
      this.networkRecord(network).debt.add(now, seats * share);
    }
  }

  private networkRecord(name: string): NetworkRecord {
    const record = this.networks.get(name) ?? {
      paid: slidingCount(PAID_MS),
      debt: slidingCount(DEBT_MS),
    };
    this.networks.set(name, record);
    return record;
  }

  private pressureOn({ eventId, network }: CountedHold, size: InventorySize): Pressure {
    const now = this.clock.now();
    const event = this.events.get(eventId);
    const record = network === undefined ? undefined : this.networks.get(network);
    const paid = EARNED_PER_PAID_SEAT * (record?.paid.total(now) ?? 0);
    const debt = record?.debt.total(now) ?? 0;
    const unpaid = (network !== undefined && event?.byNetwork.get(network)) || 0;
    const earned = Math.min(paid, MAX_EARNED_SHARE * size.seats);
    return {
      eventSeats: size.seats,
      maxSeatsPerCustomer: size.maxSeatsPerCustomer,
      unpaidSeats: event?.unpaid ?? 0,
      networkSeats: Math.max(0, unpaid - earned) + Math.max(0, debt - paid),
      isNetworkProven: paid > 0 && unpaid <= earned,
    };
  }
}
