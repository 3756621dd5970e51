import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import {
  packInventory,
  unpackInventory,
} from '../../../src/commands/seat-inventory/writer/inventory-snapshot.js';
import { UndoLog } from '../../../src/commands/seat-inventory/writer/undo-log.js';
import type { SeatInventoryCommand } from '../../../src/domain/seat-inventory/commands.js';
import { decide } from '../../../src/domain/seat-inventory/decide/decide.js';
import type { SeatInventoryEvent } from '../../../src/domain/seat-inventory/events.js';
import { evolve } from '../../../src/domain/seat-inventory/state/evolve.js';
import { expectSound, inventoryAfter, pictureOf } from '../../support/seat-inventory/given.js';
import { openNaiveSale } from '../../support/seat-inventory/naive-sale.js';
import { salePicture } from '../../support/seat-inventory/sale-picture.js';
import {
  block,
  cancel,
  close,
  confirm,
  exchange,
  expire,
  moveOnSale,
  refund,
  reinstate,
  settle,
  release,
  reserve,
  reserveBest,
  startPayment,
  unblock,
  undo,
} from '../../support/seat-inventory/commands.js';
import { opened } from '../../support/seat-inventory/events.js';
import { NOON } from '../../support/seat-inventory/rules.js';
import { theatre, theatrePlan } from '../../support/seat-inventory/plans.js';

/** A failing story is made shorter for so long at most. Milliseconds. */
const LIMIT_MS = 20_000;
/**
 * Few names, so that customers get in each other's way all the time; now and then one twice, or Z9,
 * which is no seat.
 */
const seat = fc.constantFrom('A1', 'A2', 'A3', 'B1', 'C1', 'C2', 'C3', 'C4');
const seatIds = fc.oneof(
  { weight: 9, arbitrary: fc.uniqueArray(seat, { minLength: 1, maxLength: 4, size: 'max' }) },
  { weight: 1, arbitrary: fc.array(fc.oneof(seat, fc.constant('Z9')), { maxLength: 4 }) },
);
const customers = ['ann', 'bob', 'cleo'];
/**
 * A reservation, and who asks for it: mostly the customer whose it is, now and then the system or
 * somebody else.
 */
const whose = fc
  .tuple(
    fc.nat({ max: 8 }),
    fc.constantFrom('owner', 'owner', 'owner', 'owner', 'owner', 'system', 'stranger'),
  )
  .map(([number, who]) => ({
    id: `r${number}`,
    owner: customers[number % 3]!,
    by: who === 'system' ? null : customers[(number + (who === 'owner' ? 0 : 1)) % 3]!,
  }));
const paid = fc.constantFrom('pay-1', 'pay-1', 'pay-2');
const wish = fc.record(
  {
    quantity: fc.integer({ min: 0, max: 7 }),
    category: fc.constantFrom('Stalls', 'Balcony', 'Boxes', 'Moon'),
  },
  { requiredKeys: ['quantity'] },
);

const command: fc.Arbitrary<SeatInventoryCommand> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc
      .tuple(seatIds, whose)
      .map(([seats, { id, owner }]) => reserve(seats, { as: id, by: owner })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(wish, whose)
      .map(([wanted, { id, owner }]) => reserveBest(wanted, { as: id, by: owner })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(seatIds, whose)
      .map(([seats, { id, by }]) => reserve(seats, { as: id, by: by ?? 'ann' })),
  },
  { weight: 2, arbitrary: whose.map(({ id, by }) => startPayment(id, { by })) },
  {
    weight: 3,
    arbitrary: fc.tuple(whose, paid).map(([{ id, by }, pay]) => confirm(id, { by, paid: pay })),
  },
  { weight: 2, arbitrary: whose.map(({ id, by }) => release(id, { by })) },
  {
    weight: 2,
    arbitrary: fc.tuple(whose, paid).map(([{ id, by }, pay]) => reinstate(id, { by, paid: pay })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(whose, paid).map(([{ id, by }, pay]) => settle(id, { by, paid: pay })),
  },
  { weight: 1, arbitrary: whose.map(({ id, by }) => refund(id, { by })) },
  {
    weight: 4,
    arbitrary: fc.tuple(whose, seatIds).map(([{ id, by }, seats]) => exchange(id, seats, { by })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(whose, seatIds, paid, fc.constantFrom(1_000, 2_000, 2_000, 4_000, 5_000))
      .map(([{ id, by }, seats, pay, cents]) =>
        exchange(id, seats, { by, paid: `${pay}-more`, cents }),
      ),
  },
  { weight: 1, arbitrary: fc.constant<SeatInventoryCommand>(undo()) },
  {
    weight: 2,
    arbitrary: fc.array(whose, { maxLength: 4 }).map((named) => expire(named.map(({ id }) => id))),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<SeatInventoryCommand>(
      ...[moveOnSale(null), moveOnSale(null), moveOnSale(new Date(NOON + 400_000).toISOString())],
    ),
  },
  { weight: 1, arbitrary: seatIds.map((seats) => block(seats)) },
  { weight: 1, arbitrary: seatIds.map((seats) => unblock(seats)) },
);
/** Time goes on, now and then back a little: nodes have clocks of their own. Seconds. */
const step = fc.tuple(command, fc.constantFrom(0, 1, 100, 400, 700, -3));
const closing = fc.tuple(fc.constantFrom<SeatInventoryCommand>(close(), cancel()), fc.constant(0));
const story = fc
  .tuple(
    fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }),
    fc.array(closing, { maxLength: 1 }),
    fc.array(step, { maxLength: 10 }),
  )
  .map((parts) => {
    let now = NOON;
    return parts.flat().map(([asked, seconds]) => ({ ...asked, now: (now += seconds * 1_000) }));
  });

const same = (actual: unknown, expected: unknown) => {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
};
const eventsOf = (asked: SeatInventoryCommand, inventory: ReturnType<typeof inventoryAfter>) => {
  const decision = decide(asked, inventory);
  return decision.accepted ? decision.events : [];
};

const categoryOf = (at: number) => theatrePlan.categories[theatre.categoryOf[at]!]!.name;

/**
 * Returns the command with the seats that best available picked, after a look at them; undefined
 * when the rules, which pick nothing, have no answer to compare.
 */
function named(
  asked: SeatInventoryCommand,
  decision: ReturnType<typeof decide>,
  naive: ReturnType<typeof openNaiveSale>,
): SeatInventoryCommand | undefined {
  if (asked.type !== 'ReserveSeats' || !('bestAvailable' in asked.selection)) return asked;
  if (!decision.accepted) {
    const { code } = decision.rejection;
    if (code === 'seats-unavailable')
      expect(naive.hasRoomFor(asked.selection.bestAvailable, asked.now)).toBe(false);
    const isOfPicking = /seats-unavailable|unknown|too-many|no-seats/.test(code);
    return isOfPicking ? undefined : { ...asked, selection: { seatIds: [] } };
  }
  const { quantity, category } = asked.selection.bestAvailable;
  const made = decision.events.find(({ type }) => type === 'SeatsReserved');
  const picked = made?.type === 'SeatsReserved' ? made.data.seatIds : [];
  if (made) expect(picked).toHaveLength(quantity);
  for (const seatId of category === undefined ? [] : picked)
    expect(categoryOf(theatre.indexOf.get(seatId)!)).toBe(category);
  return { ...asked, selection: { seatIds: picked } };
}

describe('For any sequence of commands', () => {
  it('the inventory decides as the rules read, and no seat has two holders', () => {
    let accepted = 0;
    const refusals = new Map<string, number>();
    fc.assert(
      fc.property(story, (commands) => {
        const naive = openNaiveSale(
          theatre.seatIds.map((seatId, at) => ({ id: seatId, category: categoryOf(at) })),
        );
        const inventory = inventoryAfter([opened()]);
        for (const asked of commands) {
          const decision = decide(asked, inventory);
          const byName = named(asked, decision, naive);
          if (!byName) continue;
          const code = decision.accepted ? 'done' : decision.rejection.code;
          same(code, naive.answer(byName));
          for (const event of decision.accepted ? decision.events : []) evolve(inventory, event);
          same(salePicture(inventory), naive.picture());
          if (decision.accepted) accepted += Math.min(1, decision.events.length);
          refusals.set(code, (refusals.get(code) ?? 0) + 1);
        }
        expectSound(inventory);
      }),
      { numRuns: 300, interruptAfterTimeLimit: LIMIT_MS },
    );
    // The stories are worth something only if they get everywhere.
    expect(accepted).toBeGreaterThan(1_000);
    expect([...refusals.keys()].sort()).toEqual(
      expect.arrayContaining([
        'event-cancelled',
        'idempotency-key-reused',
        'payment-required',
        'reservation-not-confirmed',
        'reservation-not-expired',
        'sales-closed',
        'too-many-seats',
      ]),
    );
  });

  it(
    'the log folds to the state that the decisions were made on, by way of a ' + 'snapshot too',
    async () => {
      await fc.assert(
        fc.asyncProperty(story, fc.nat(), async (commands, cut) => {
          const log: SeatInventoryEvent[] = [opened()];
          const live = inventoryAfter(log);
          for (const asked of commands) {
            for (const event of eventsOf(asked, live)) {
              evolve(live, event);
              log.push(event);
            }
          }
          same(pictureOf(inventoryAfter(log)), pictureOf(live));

          const at = 1 + (cut % log.length);
          const stored = Promise.resolve({ plan: theatrePlan, layout: theatre });
          const plans = {
            load: () => stored,
            store: () => stored,
            storePacked: () => Promise.resolve(),
          };
          const body = packInventory(inventoryAfter(log.slice(0, at)), 'last');
          const { inventory: recalled, lastEventId } = await unpackInventory(body, plans);
          same(lastEventId, 'last');
          for (const event of log.slice(at)) evolve(recalled, event);
          same(pictureOf(recalled), pictureOf(live));
          expectSound(recalled);
        }),
        { numRuns: 100, interruptAfterTimeLimit: LIMIT_MS },
      );
    },
  );

  it('a rollback restores the exact state, and leaves the rest as it is', () => {
    fc.assert(
      fc.property(
        story,
        fc.array(fc.constantFrom('committed', 'conflict', 'poisoned'), { minLength: 60 }),
        (commands, outcomes) => {
          const log: SeatInventoryEvent[] = [opened()];
          const inventory = inventoryAfter(log);
          const carryOut = (asked: SeatInventoryCommand, undoLog: UndoLog) => {
            const events = eventsOf(asked, inventory);
            for (const event of events) evolve(inventory, event, undoLog.record);
            return events;
          };
          commands.forEach((asked, at) => {
            const before = pictureOf(inventory);
            const inFlight = new UndoLog(inventory);
            const events = carryOut(asked, inFlight);
            const decided = pictureOf(inventory);

            const forming = new UndoLog(inventory);
            carryOut(commands[(at * 7) % commands.length]!, forming);
            const afterNext = pictureOf(inventory);
            const { length } = forming;
            carryOut(commands[(at * 11) % commands.length]!, forming);
            if (outcomes[at] === 'poisoned') {
              forming.rollback(length);
              same(pictureOf(inventory), afterNext);
            }
            forming.rollback();
            same(pictureOf(inventory), decided);
            if (outcomes[at] === 'conflict') {
              inFlight.rollback();
              same(pictureOf(inventory), before);
            } else log.push(...events);
          });
          same(pictureOf(inventory), pictureOf(inventoryAfter(log)));
        },
      ),
      { numRuns: 150, interruptAfterTimeLimit: LIMIT_MS },
    );
  });
});
