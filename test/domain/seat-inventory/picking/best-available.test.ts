import fc from 'fast-check';
import { pickBestAvailable } from '../../../../src/domain/seat-inventory/picking/best-available.js';
import type { SingleSeatRule } from '../../../../src/domain/seat-inventory/events.js';
import { strandedSeats } from '../../../../src/domain/seat-inventory/picking/single-seat-rule.js';
import { bestByTrying, worthOf } from '../../../support/seat-inventory/best-available-reference.js';
import { drawPlan } from '../../../support/seat-inventory/drawn-plan.js';

const RULES: readonly SingleSeatRule[] = ['off', 'lenient', 'strict'];

interface Wish {
  readonly quantity: number;
  readonly category?: string;
  readonly byRequest?: readonly string[];
}

/** The seat ids picked under each rule; one answer stands for all three. */
type Answer = string | undefined | { readonly [rule in SingleSeatRule]: string | undefined };

const examples: readonly [what: string, sections: string[][], wish: Wish, answer: Answer][] = [
  ['the nearest seats of the front row', [['......', '......']], { quantity: 2 }, '1-1-1 1-1-2'],
  [
    'the row behind when the front row is short',
    [['..', '....']],
    { quantity: 4 },
    '1-2-1 1-2-2 1-2-3 1-2-4',
  ],
  [
    'farther seats rather than leaving one alone',
    [['...#', '....']],
    { quantity: 2 },
    '1-2-1 1-2-2',
  ],
  [
    'a lone seat left behind where nothing else is side by side',
    [['...']],
    { quantity: 2 },
    { off: '1-1-1 1-1-2', lenient: '1-1-1 1-1-2', strict: undefined },
  ],
  [
    'the middle seat of three, which leaves two alone, only without a rule',
    [['o.o']],
    { quantity: 1, category: 'A' },
    { off: '1-1-2', lenient: undefined, strict: undefined },
  ],
  [
    'the row behind when three of four would leave one alone',
    [['....', '...']],
    { quantity: 3 },
    '1-2-1 1-2-2 1-2-3',
  ],
  ['a pair and one across the aisle', [['#.. .#']], { quantity: 3 }, '1-1-2 1-1-3 1-1-4'],
  ['the nearest lone seats of a section', [['#.#.', '.#.#']], { quantity: 3 }, '1-1-2 1-1-4 1-2-1'],
  [
    'side by side in the row behind before seats across an aisle',
    [['#.. ..#', '...###']],
    { quantity: 3 },
    '1-2-1 1-2-2 1-2-3',
  ],
  [
    'seats across an aisle',
    [['#.. ..#', '..####']],
    { quantity: 3 },
    { off: '1-1-2 1-1-3 1-1-4', lenient: '1-1-2 1-1-3 1-1-4', strict: undefined },
  ],
  [
    'all seats across an aisle, leaving none',
    [['#.. ..#', '..####']],
    { quantity: 4 },
    '1-1-2 1-1-3 1-1-4 1-1-5',
  ],
  [
    'the nearest of one section when none are together',
    [['.#.#', '.###'], ['.#.#']],
    { quantity: 3 },
    '1-1-1 1-1-3 1-2-1',
  ],
  [
    'a farther section that has room for all',
    [['.#.#'], ['.#.#.']],
    { quantity: 3 },
    '2-1-1 2-1-3 2-1-5',
  ],
  [
    'the nearest across sections when no section has enough',
    [['.#.#'], ['.#.#']],
    { quantity: 3 },
    '1-1-1 1-1-3 2-1-1',
  ],
  ['nothing when too few are free', [['.#.#']], { quantity: 3 }, undefined],
  ['nothing when all are sold', [['####']], { quantity: 1 }, undefined],
  [
    'seats of the requested category',
    [['....', 'oooo']],
    { quantity: 2, category: 'B' },
    '1-2-1 1-2-2',
  ],
  [
    'seats of the category within a row of two categories',
    [['..oo', '....']],
    { quantity: 2, category: 'B' },
    '1-1-3 1-1-4',
  ],
  [
    'nothing of a category that is sold',
    [['....', '####']],
    { quantity: 1, category: 'B' },
    undefined,
  ],
  [
    'nothing of a category that the plan does not have',
    [['....']],
    { quantity: 1, category: 'Z' },
    undefined,
  ],
  [
    'the row behind when the front row is sold by request only',
    [['oooo', '....']],
    { quantity: 2, byRequest: ['B'] },
    '1-2-1 1-2-2',
  ],
  [
    'seats beside those that are sold by request only',
    [['oo....']],
    { quantity: 2, byRequest: ['B'] },
    '1-1-3 1-1-4',
  ],
  [
    'seats by request when their category is requested',
    [['....', 'oooo']],
    { quantity: 2, category: 'B', byRequest: ['B'] },
    '1-2-1 1-2-2',
  ],
  [
    'lone seats rather than those that are sold by request only',
    [['.#.#oo']],
    { quantity: 2, byRequest: ['B'] },
    '1-1-1 1-1-3',
  ],
  [
    'nothing when all that is left is by request',
    [['##oo']],
    { quantity: 1, byRequest: ['B'] },
    undefined,
  ],
  ['nothing for nobody', [['....']], { quantity: 0 }, undefined],
  ['nothing for a party and a half', [['....']], { quantity: 1.5 }, undefined],
  ['nothing for more than the house holds', [['....']], { quantity: 5 }, undefined],
  ['the whole house', [['..', '..'], ['.']], { quantity: 5 }, '1-1-1 1-1-2 1-2-1 1-2-2 2-1-1'],
];

describe('best available', () => {
  it.each(examples)('picks %s', (_, sections, wish, answer) => {
    const { layout, availability } = drawPlan(sections);
    for (const rule of RULES) {
      const seats = pickBestAvailable(layout, availability, { ...wish, rule });
      const expected = typeof answer === 'object' ? answer[rule] : answer;
      expect([rule, seats?.map((seat) => layout.seatIds[seat]).join(' ')]).toEqual([
        rule,
        expected,
      ]);
    }
  });

  it('takes the first in plan order of seats that are equally near', () => {
    // The focal point is in the middle of the row, so both halves are equally far.
    const { layout, availability } = drawPlan([['..## ##..']], { x: 40, y: -30 });
    expect(pickBestAvailable(layout, availability, { quantity: 2, rule: 'strict' })).toEqual([
      0, 1,
    ]);
  });

  it('leaves the inventory as it is', () => {
    const { layout, availability } = drawPlan([['.#.#', '.#.#.']]);
    const before = [...availability.status];
    pickBestAvailable(layout, availability, { quantity: 4, rule: 'lenient' });
    expect([...availability.status]).toEqual(before);
  });

  it('is what trying every choice of seats would find', () => {
    const row = fc
      .string({
        unit: fc.constantFrom('.', '.', '.', 'o', '#', '#', ' '),
        minLength: 1,
        maxLength: 7,
      })
      .map((drawn) => drawn.trim().replace(/ +/g, ' ') || '#');
    const sections = fc.array(fc.array(row, { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 2,
    });
    const wish = fc.record({
      quantity: fc.integer({ min: 1, max: 4 }),
      category: fc.option(fc.constantFrom('A', 'B'), { nil: undefined }),
      byRequest: fc.constantFrom<string[]>([], ['A'], ['B']),
      rule: fc.constantFrom(...RULES),
    });
    const focalPoint = fc.record({
      x: fc.integer({ min: 0, max: 60 }),
      y: fc.integer({ min: -50, max: 120 }),
    });
    fc.assert(
      fc.property(sections, focalPoint, wish, (drawn, focal, wished) => {
        const drawnPlan = drawPlan(drawn, focal);
        const { layout, availability } = drawnPlan;
        const seats = pickBestAvailable(layout, availability, wished);
        const best = bestByTrying(drawnPlan, wished);
        if (!seats || !best) return expect(seats).toEqual(best?.seats);
        const worth = worthOf(drawnPlan, seats);
        expect({ step: worth.step, sum: worth.sum }).toEqual({ step: best.step, sum: best.sum });
        // Scattered seats of the same sum are equally good; a block must be the first of its
        // equals.
        if (worth.step < 5) expect(seats).toEqual(best.seats);
        expect(seats).toEqual([...new Set(seats)].sort((a, b) => a - b));
        expect(seats.every((seat) => availability.status[seat] === 0)).toBe(true);
        expect(strandedSeats(layout, availability.status, seats, wished.rule)).toEqual([]);
      }),
      { numRuns: 1_500 },
    );
  });
});
