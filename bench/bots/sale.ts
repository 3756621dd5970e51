import { seededChance } from '../../src/demo/crowd/seeded-chance.js';
import { AVAILABLE } from '../../src/domain/seat-inventory/state/availability.js';
import {
  MAX_EXPIRED_PER_COMMAND,
  type SeatInventoryCommand,
} from '../../src/domain/seat-inventory/commands.js';
import { decide } from '../../src/domain/seat-inventory/decide/decide.js';
import { evolve } from '../../src/domain/seat-inventory/state/evolve.js';
import {
  emptyInventory,
  overdueHolds,
  type SeatInventory,
} from '../../src/domain/seat-inventory/state/state.js';
import { buildLayout } from '../../src/domain/seating-plan/build-layout.js';
import { importSeatingPlan } from '../../src/domain/seating-plan/import/import.js';
import { networksOf } from '../../src/http/platform/addresses.js';
import type { Protection } from '../../src/http/abuse/protection.js';
import type { Clock } from '../../src/ports/system/clock.js';
import { hall } from '../hall.js';
import { protect } from './protect.js';

const EVENT = 'show';
export const SEATS = 2_000;
export const FRONT_ROWS = 500;
export type Answer =
  | { readonly got: 'seats' }
  | { readonly got: 'taken' | 'too-many' }
  /** Average total of PBKDF2 rounds. */
  | { readonly got: 'work'; readonly work: number }
  | { readonly got: 'wait'; readonly ms: number };

export interface Buyer {
  readonly name: string;
  readonly address: string;
}

/**
 * `off`: no protection. `before`: the rules of 2026-11-24, where each IPv6 /64 was a client of its
 * own, prices ignored the event, and payments earned nothing. `on`: the rules of now.
 */
export type Rules = 'off' | 'before' | 'on';

export interface SaleOptions {
  readonly seed: number;
  readonly rules: Rules;
  readonly seats?: number;
  readonly maxSeatsPerCustomer?: number;
}

const START = Date.UTC(2030, 0, 1);
/** Age up to which the shown free seats are not updated. Milliseconds. */
const SHOWN_MS = 1_000;
const HOLD_MS = 600_000;

interface Action {
  readonly at: number;
  readonly order: number;
  readonly work: () => Promise<void> | void;
}

const answerTo = (members: object = {}): Answer => {
  const { challenge } = members as { challenge?: { work: number } };
  return challenge ? { got: 'work', work: challenge.work } : { got: 'too-many' };
};

/**
 * A sale on a simulated clock, with the service's own score, limits and seat decisions. Proof of
 * work takes simulated time instead of CPU time.
 */
export class SimulatedSale {
  readonly chance: () => number;
  readonly inventory: SeatInventory;
  private readonly queue: Action[] = [];
  private readonly protection: Protection | undefined;
  private readonly seatIds: readonly string[];
  private time = START;
  private order = 0;
  private shown = { at: -Infinity, seats: [] as number[] };

  constructor(private readonly options: SaleOptions) {
    const { seed, rules, seats = SEATS, maxSeatsPerCustomer = 4 } = options;
    this.chance = seededChance(seed);
    this.inventory = openInventory(seats, maxSeatsPerCustomer);
    this.seatIds = this.inventory.layout.seatIds;
    const clock: Clock = {
      now: () => this.time,
      sleep: () => Promise.reject(new Error('Nothing sleeps here.')),
    };
    this.protection = rules === 'off' ? undefined : protect(clock, this.inventory, rules);
  }

  /** Milliseconds since the start. */
  now(): number {
    return this.time - START;
  }

  /** Runs `work` after so many milliseconds. */
  after(ms: number, work: Action['work']): void {
    const { queue } = this;
    const action = { at: this.time + ms, order: this.order++, work };
    let at = queue.length;
    while (at > 0 && later(queue[at - 1]!, action)) at--;
    queue.splice(at, 0, action);
  }

  async run(untilMs: number): Promise<void> {
    const { queue } = this;
    for (let next = queue.shift(); next && next.at <= START + untilMs; next = queue.shift()) {
      this.time = next.at;
      await next.work();
    }
  }

  /** Returns the free seats, from the front, as a page shows them: up to a second old. */
  free(): readonly number[] {
    const { status } = this.inventory;
    if (this.time - this.shown.at >= SHOWN_MS) {
      const seats = Array.from(this.seatIds.keys()).filter((seat) => status[seat] === AVAILABLE);
      this.shown = { at: this.time, seats };
    }
    return this.shown.seats;
  }

  async reserve(
    buyer: Buyer,
    selection: readonly number[],
    attempt: number,
    work?: number,
  ): Promise<Answer> {
    const address = this.options.rules === 'before' ? apart(buyer.address) : buyer.address;
    const rate = await this.protection?.rates.writesPerAddress.take(networksOf(address));
    if (rate && !rate.allowed) return { got: 'wait', ms: rate.resetMs };
    const reservationId = idOf(buyer, attempt);
    const seatIds = selection.map((seat) => this.seatIds[seat]!);
    const reserve = () =>
      this.execute({
        ...{ type: 'ReserveSeats', reservationId, customerId: buyer.name, now: this.time },
        ...{ selection: { seatIds }, requestDigest: '' },
      });
    if (!this.protection) return { got: reserve() ? 'seats' : 'taken' };
    const admitted = await this.protection.checkHold({
      ...{ eventId: EVENT, account: buyer.name, reservationId, address },
      requestDigest: selection.join(),
      seats: selection.length,
      proof: work === undefined ? undefined : String(work),
    });
    if (admitted.problem) return answerTo(admitted.members);
    const isHeld = reserve();
    if (isHeld) admitted.held(this.time + HOLD_MS);
    else admitted.notHeld();
    return { got: isHeld ? 'seats' : 'taken' };
  }

  pay(buyer: Buyer, attempt: number): void {
    const reservationId = idOf(buyer, attempt);
    this.execute({
      ...{ type: 'ConfirmReservation', reservationId, customerId: buyer.name, now: this.time },
      paymentReference: reservationId,
    });
    this.protection?.paymentAttempted(buyer.name, EVENT, reservationId);
  }

  release({ name }: Buyer, attempt: number): void {
    const reservationId = idOf({ name }, attempt);
    this.execute({ type: 'ReleaseReservation', reservationId, customerId: name, now: this.time });
    this.protection?.released(name, reservationId);
  }

  /** Expires overdue holds, as the service does by itself. */
  expire(): void {
    const overdue = overdueHolds(this.inventory, this.time).map(({ id }) => id);
    for (let from = 0; from < overdue.length; from += MAX_EXPIRED_PER_COMMAND) {
      const reservationIds = overdue.slice(from, from + MAX_EXPIRED_PER_COMMAND);
      this.execute({ type: 'ExpireReservations', reservationIds, now: this.time });
    }
  }

  private execute(command: SeatInventoryCommand): boolean {
    const decision = decide(command, this.inventory);
    if (!decision.accepted) return false;
    for (const event of decision.events) evolve(this.inventory, event);
    return true;
  }
}

const idOf = ({ name }: Pick<Buyer, 'name'>, attempt: number) => `${name}-${attempt}`;

const later = (a: Action, b: Action) => a.at > b.at || (a.at === b.at && a.order > b.order);

/** The rules before ignored networks wider than a /64: this puts each /64 into another /48. */
function apart(address: string): string {
  const [first, second, third, fourth] = address.split(':');
  return fourth === undefined
    ? address
    : `${first}:${second}:${third}${fourth.padStart(2, '0')}:0::1`;
}

function openInventory(seats: number, maxSeatsPerCustomer: number): SeatInventory {
  const imported = importSeatingPlan(hall(seats));
  if (!('plan' in imported)) throw new Error('The hall cannot be read.');
  const layout = buildLayout(imported.plan, 'hall');
  const inventory = emptyInventory(layout);
  const opened = decide(
    {
      type: 'OpenInventory',
      now: 0,
      inventory: {
        ...{ eventId: EVENT, seatingPlanHash: 'hall', seatCount: layout.seatCount, onSaleAt: null },
        prices: [{ category: 'Standard', amountMinor: 5_000, currency: 'EUR' }],
        ...{ holdSeconds: 600, holdCapSeconds: 900, maxSeatsPerCustomer, singleSeatRule: 'off' },
      },
    },
    inventory,
  );
  if (!opened.accepted) throw new Error(opened.rejection.code);
  for (const event of opened.events) evolve(inventory, event);
  return inventory;
}
