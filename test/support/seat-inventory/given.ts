import type {
  SeatInventoryCommand,
  SeatInventoryRejection,
} from '../../../src/domain/seat-inventory/commands.js';
import {
  AVAILABLE,
  RESERVED,
  SOLD,
} from '../../../src/domain/seat-inventory/state/availability.js';
import { decide } from '../../../src/domain/seat-inventory/decide/decide.js';
import type { SeatInventoryEvent } from '../../../src/domain/seat-inventory/events.js';
import { evolve } from '../../../src/domain/seat-inventory/state/evolve.js';
import {
  emptyInventory,
  type SeatInventory,
} from '../../../src/domain/seat-inventory/state/state.js';
import type { SeatLayout } from '../../../src/domain/seating-plan/layout.js';
import { theatre } from './plans.js';

export interface Then {
  /** Exactly these domain events, in this order. */
  then(...events: SeatInventoryEvent[]): void;
  /** Refused, for exactly this reason. */
  thenRejected(rejection: SeatInventoryRejection): void;
  /** Accepted, and nothing was left to do. */
  thenNothing(): void;
}

/**
 * Given what has happened in the little theatre, when a command comes, then this follows:
 * `given(opened(), reserved('r1', ['A1'])).when(release('r1')).then(released('r1', ['A1']))`.
 */
export function given(...events: SeatInventoryEvent[]): {
  when(command: SeatInventoryCommand): Then;
} {
  return givenIn(theatre, ...events);
}

/** The same with another plan. */
export function givenIn(
  layout: SeatLayout,
  ...events: SeatInventoryEvent[]
): { when(command: SeatInventoryCommand): Then } {
  const inventory = inventoryAfter(events, layout);
  return {
    when: (command) => {
      const before = pictureOf(inventory);
      const decision = decide(command, inventory);
      expect(pictureOf(inventory)).toEqual(before);
      return {
        then: (...expected) => {
          expect(decision).toEqual({ accepted: true, events: expected });
          expectSound(inventoryAfter([...events, ...expected], layout));
        },
        thenRejected: (rejection) => expect(decision).toEqual({ accepted: false, rejection }),
        thenNothing: () => expect(decision).toEqual({ accepted: true, events: [] }),
      };
    },
  };
}

/** The inventory that these domain events lead to. */
export function inventoryAfter(
  events: readonly SeatInventoryEvent[],
  layout = theatre,
): SeatInventory {
  const inventory = emptyInventory(layout);
  for (const event of events) evolve(inventory, event);
  return inventory;
}

/** Everything that a decision may look at, copied, to be compared with a later picture. */
export function pictureOf({ layout, reservations, ...state }: SeatInventory): object {
  return structuredClone({ ...state, reservations: [...reservations], hash: layout.hash });
}

/**
 * Expects that duplicated state agrees: counts with seats, holders with reservations, runs with
 * status bytes.
 */
export function expectSound(inventory: SeatInventory): void {
  const { layout, status, holder, reservations, holds, deadlines, seatsOf } = inventory;
  const free = new Uint16Array(inventory.freeInRun.length);
  for (let seat = 0; seat < layout.seatCount; seat++)
    if (status[seat] === AVAILABLE) free[layout.runOf[seat]!]!++;
  expect(inventory.freeInRun).toEqual(free);

  const live = [...reservations].filter(
    ({ status }) => status === 'held' || status === 'confirmed',
  );
  const holderByReservation = new Uint32Array(layout.seatCount);
  const seats = new Map<string, number>();
  for (const { number, customerId, seatIds, status: is } of live) {
    seats.set(customerId, (seats.get(customerId) ?? 0) + seatIds.length);
    for (const seatId of seatIds) {
      const seat = layout.indexOf.get(seatId)!;
      expect({ seatId, twice: holderByReservation[seat] !== 0 }).toEqual({ seatId, twice: false });
      expect({ seatId, status: status[seat] }).toEqual({
        seatId,
        status: is === 'held' ? RESERVED : SOLD,
      });
      holderByReservation[seat] = number;
    }
  }
  expect(holder).toEqual(holderByReservation);
  expect(seatsOf).toEqual(seats);
  expect(holds).toEqual(
    new Set(live.filter((one) => one.status === 'held').map((one) => one.number)),
  );
  expect(deadlines.passed(Infinity)).toEqual([...holds].sort((a, b) => a - b));
  for (const { id, number } of reservations) expect(reservations.numberOf(id)).toBe(number);
}
