import type { ScheduleEvent } from '../../../src/domain/event/commands.js';
import { decideEvent } from '../../../src/domain/event/decide.js';
import { evolveEvent } from '../../../src/domain/event/state.js';
import type { Venue } from '../../../src/domain/venue/state.js';
import { givenIn } from '../../support/seat-inventory/given.js';
import {
  block,
  exchange,
  reserve,
  reserveBest,
  unblock,
} from '../../support/seat-inventory/commands.js';
import {
  blocked,
  confirmed,
  exchanged,
  opened,
  reserved,
} from '../../support/seat-inventory/events.js';
import { NOON, rules } from '../../support/seat-inventory/rules.js';
import { layoutOf, theatrePlan } from '../../support/seat-inventory/plans.js';

/** A name as an old plan has it (Unicode NFD), and as requests name it (NFC). */
const both = (name: string) => [name.normalize('NFD'), name.normalize('NFC')] as const;
const [oldId, newId] = both('Aé1');
const [oldCategory, newCategory] = both('Logé');

describe('A plan with decomposed seat ids and categories', () => {
  const [stalls, ...zones] = theatrePlan.zones;
  const [rowA, ...rows] = stalls!.rows;
  const [firstSeat, ...seats] = rowA!.seats;
  const layout = layoutOf({
    ...theatrePlan,
    categories: theatrePlan.categories.with(0, {
      ...theatrePlan.categories[0]!,
      name: oldCategory,
    }),
    zones: [
      {
        ...stalls!,
        rows: [{ ...rowA!, seats: [{ ...firstSeat!, id: oldId }, ...seats] }, ...rows],
      },
      ...zones,
    ],
  });
  const prices = rules.prices.with(0, { ...rules.prices[0]!, category: oldCategory });
  const sale = opened({ prices });
  const sold = [sale, reserved('r1', [oldId, 'A2']), confirmed('r1', [oldId, 'A2'])];
  const repeated = { code: 'seats-repeated', seatIds: [oldId] } as const;

  it('sells a seat under either form of its id, and not twice in one command', () => {
    for (const id of [oldId, newId])
      givenIn(layout, sale)
        .when(reserve([id], { digest: 'same' }))
        .then(reserved('r1', [oldId], { digest: 'same' }));
    givenIn(layout, sale)
      .when(reserve([oldId, newId]))
      .thenRejected(repeated);
    givenIn(layout, sale)
      .when(reserve(['Zé1']))
      .thenRejected({ code: 'seats-unknown', seatIds: ['Zé1'] });
  });

  it('blocks and unblocks a seat under either form of its id', () => {
    givenIn(layout, sale)
      .when(block([newId]))
      .then(blocked([oldId]));
    givenIn(layout, sale, blocked([oldId]))
      .when(unblock([newId, oldId]))
      .thenRejected(repeated);
  });

  it('exchanges seats under either form of their ids', () => {
    givenIn(layout, ...sold)
      .when(exchange('r1', ['A2', newId]))
      .thenNothing();
    givenIn(layout, ...sold)
      .when(exchange('r1', [newId, 'A3']))
      .then(exchanged('r1', [oldId, 'A2'], [oldId, 'A3']));
    givenIn(layout, ...sold)
      .when(exchange('r1', [newId, oldId]))
      .thenRejected(repeated);
  });

  it('finds the best seats of a category under either form of its name', () => {
    for (const category of [oldCategory, newCategory])
      givenIn(layout, sale)
        .when(reserveBest({ quantity: 1, category }, { digest: 'same' }))
        .then(reserved('r1', ['A4'], { digest: 'same' }));
  });

  it('can be scheduled with either form of a category, priced in the form of the plan', () => {
    const venue = {
      ...{ venueId: 'v1', seatingPlanHash: layout.hash, seatCount: 20 },
      categories: [{ name: oldCategory, seatCount: 20 }],
    } as unknown as Venue;
    const schedule = (category: string): ScheduleEvent => ({
      type: 'ScheduleEvent',
      ...{
        eventId: 'e1',
        venueId: 'v1',
        name: 'Opening night',
        startsAt: '2026-06-20T18:00:00.000Z',
      },
      ...{ prices: [{ category, amountMinor: 1_000, currency: 'EUR' }], now: NOON },
    });
    const decision = decideEvent(schedule(newCategory), undefined, venue);
    expect(decision).toMatchObject({
      accepted: true,
      events: [{ data: { prices: [{ category: oldCategory }] } }],
    });
    const stored = decision.accepted ? evolveEvent(undefined, decision.events[0]!) : undefined;
    for (const category of [oldCategory, newCategory])
      expect(decideEvent(schedule(category), stored, venue)).toEqual({
        accepted: true,
        events: [],
      });
  });
});
