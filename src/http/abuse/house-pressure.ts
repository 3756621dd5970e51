import { LRUCache } from 'lru-cache';
import type { Pressure } from '../../domain/abuse/price.js';
import { HoldDeadlines } from '../../domain/seat-inventory/hold-deadlines.js';
import type { Reservation } from '../../domain/seat-inventory/reservation.js';
import type { HoldOwner } from '../../ports/abuse/abuse.js';
import type { Clock } from '../../ports/system/clock.js';
import { slidingCount, type SlidingCount } from './sliding-count.js';

/** Each seat that a network has paid for lets it hold this many more, up to this share of the house. */
export const EARNED_PER_PAID_SEAT = 20;
export const MAX_EARNED_SHARE = 0.5;
/** Paid seats of a network count for a day; seats of its unpaid holds count as a debt for an hour. Milliseconds. */
const PAID_MS = 86_400_000;
const DEBT_MS = 3_600_000;
/** An unpaid hold of this length is a debt of all its seats; a shorter one of a proportional part. Milliseconds. */
const FULL_DEBT_MS = 600_000;
/** A hold that is overdue but not ended by the inventory is checked again after this. Milliseconds. */
const LOOK_AGAIN_MS = 30_000;
/** Maximum time until a request reports its outcome. Milliseconds. */
const UNDECIDED_MS = 60_000;
/** Networks and paying accounts that a process remembers; the least recently used one is evicted first. */
const MAX_NETWORKS = 100_000;
const MAX_PAYING_ACCOUNTS = 200_000;

export interface House {
  readonly seats: number;
  readonly maxSeatsPerCustomer: number;
}

export interface AskedHold {
  readonly owner: HoldOwner;
  readonly eventId: string;
  readonly holdId: string;
  readonly seats: number;
}

export interface PressedHold {
  /** The hold exists already: the request is a repeat. */
  readonly exists: boolean;
  /** The pressure, including the seats of this request. */
  pressure(house: House): Pressure;
  /** The hold exists. @param until milliseconds since the epoch */
  held(until: number): void;
  /** The request got no hold. */
  cancel(): void;
}

/** Counts seats held and unpaid, per event and per widest network of the holder, as this process sees them. */
export interface HousePressure {
  /** Counts the seats immediately, so that each of several concurrent requests sees the earlier ones. */
  ask(hold: AskedHold): PressedHold;
  /** The hold was extended or has ended; the inventory has its state. */
  look(holdId: string): void;
  hasPaid(account: string): boolean;
  /** Marks an account that bought before this process started. */
  knowsPaid(account: string): void;
  /** Seats of an event that are held and unpaid by accounts that have never paid. */
  unpaidSeats(eventId: string): number;
}

interface Counted extends AskedHold {
  readonly number: number;
  readonly network: string | undefined;
  /** Seats of the hold; none for an account that has paid before. */
  readonly weight: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
  until: number;
  exists: boolean;
}

interface OfNetwork {
  /** Seats that the network has paid for. */
  readonly paid: SlidingCount;
  /** Seats of unpaid holds that ended. */
  readonly debt: SlidingCount;
}

interface OfEvent {
  unpaid: number;
  readonly byNetwork: Map<string, number>;
}

export interface HousePressureParts {
  readonly clock: Clock;
  /** The reservation in the memory of this node. */
  readonly reservationOf: (eventId: string, reservationId: string) => Reservation | undefined;
}

export function openHousePressure({ clock, reservationOf }: HousePressureParts): HousePressure {
  const holds = new Map<string, Counted>();
  const byNumber = new Map<number, Counted>();
  const deadlines = new HoldDeadlines((number, time) => byNumber.get(number)?.until === time);
  const events = new Map<string, OfEvent>();
  const networks = new LRUCache<string, OfNetwork>({ max: MAX_NETWORKS });
  const paying = new LRUCache<string, true>({ max: MAX_PAYING_ACCOUNTS });
  let numbers = 0;

  const networkOf = (name: string): OfNetwork => {
    const known = networks.get(name) ?? {
      paid: slidingCount(PAID_MS),
      debt: slidingCount(DEBT_MS),
    };
    networks.set(name, known);
    return known;
  };
  /** @param sign 1 to add the seats, -1 to subtract them */
  const weigh = ({ eventId, network, weight }: Counted, sign: 1 | -1) => {
    const event = events.get(eventId) ?? { unpaid: 0, byNetwork: new Map<string, number>() };
    event.unpaid += sign * weight;
    if (network !== undefined) {
      const left = (event.byNetwork.get(network) ?? 0) + sign * weight;
      if (left > 0) event.byNetwork.set(network, left);
      else event.byNetwork.delete(network);
    }
    if (event.unpaid > 0) events.set(eventId, event);
    else events.delete(eventId);
  };
  const remove = (hold: Counted) => {
    holds.delete(hold.holdId);
    byNumber.delete(hold.number);
    weigh(hold, -1);
  };
  const setUntil = (hold: Counted, until: number) => {
    if (until === hold.until) return;
    hold.until = until;
    deadlines.add(hold.number, until);
  };
  /** Removes the hold from the count and updates the credit or debt of its owner. */
  const settle = (hold: Counted, reservation: Reservation | undefined) => {
    remove(hold);
    const { owner, network, seats, since } = hold;
    const now = clock.now();
    if (reservation?.status === 'confirmed') {
      // Free seats give neither credit nor debt.
      if (reservation.total.amountMinor === 0) return;
      paying.set(owner.account, true);
      if (network !== undefined) networkOf(network).paid.add(now, seats);
    } else if (reservation && hold.weight > 0 && network !== undefined) {
      networkOf(network).debt.add(now, seats * Math.min(1, (now - since) / FULL_DEBT_MS));
    }
  };
  const look = (hold: Counted) => {
    const reservation = reservationOf(hold.eventId, hold.holdId);
    if (reservation?.status !== 'held') return settle(hold, reservation);
    setUntil(hold, Math.max(reservation.expiresAt, clock.now() + LOOK_AGAIN_MS));
  };
  const settleOverdue = () => {
    for (const number of deadlines.passed(clock.now())) look(byNumber.get(number)!);
  };
  const count = (asked: AskedHold): Counted => {
    const now = clock.now();
    const hold: Counted = {
      ...asked,
      ...{ number: ++numbers, network: asked.owner.networks.at(-1), since: now },
      ...{ until: now + UNDECIDED_MS, exists: false },
      weight: paying.has(asked.owner.account) ? 0 : asked.seats,
    };
    holds.set(hold.holdId, hold);
    byNumber.set(hold.number, hold);
    deadlines.add(hold.number, hold.until);
    weigh(hold, 1);
    return hold;
  };
  const pressureOn = ({ eventId, network }: Counted, house: House): Pressure => {
    const now = clock.now();
    const event = events.get(eventId);
    const of = network === undefined ? undefined : networks.get(network);
    const paid = EARNED_PER_PAID_SEAT * (of?.paid.total(now) ?? 0);
    const unpaid = (network !== undefined && event?.byNetwork.get(network)) || 0;
    const earned = Math.min(paid, MAX_EARNED_SHARE * house.seats);
    return {
      ...{ houseSeats: house.seats, maxSeatsPerCustomer: house.maxSeatsPerCustomer },
      unpaidSeats: event?.unpaid ?? 0,
      networkSeats: Math.max(0, unpaid - earned) + Math.max(0, (of?.debt.total(now) ?? 0) - paid),
      isNetworkProven: paid > 0 && unpaid <= earned,
    };
  };

  return {
    ask: (asked) => {
      settleOverdue();
      const before = holds.get(asked.holdId);
      const hold = before ?? count(asked);
      return {
        exists: hold.exists,
        pressure: (house) => pressureOn(hold, house),
        held: (until) => {
          const counted = holds.get(hold.holdId) ?? count(asked);
          counted.exists = true;
          setUntil(counted, until);
        },
        cancel: () => {
          if (!before && !hold.exists && byNumber.has(hold.number)) remove(hold);
        },
      };
    },
    look: (holdId) => {
      const hold = holds.get(holdId);
      if (hold) look(hold);
    },
    hasPaid: (account) => paying.has(account),
    knowsPaid: (account) => void paying.set(account, true),
    unpaidSeats: (eventId) => {
      settleOverdue();
      return events.get(eventId)?.unpaid ?? 0;
    },
  };
}
