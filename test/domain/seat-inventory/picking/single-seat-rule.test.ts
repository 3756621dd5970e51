import fc from 'fast-check';
import {
  AVAILABLE,
  BLOCKED,
  RESERVED,
} from '../../../../src/domain/seat-inventory/state/availability.js';
import type { SingleSeatRule } from '../../../../src/domain/seat-inventory/events.js';
import { strandedSeats } from '../../../../src/domain/seat-inventory/picking/single-seat-rule.js';
import { availabilityOf, drawPlan } from '../../../support/seat-inventory/drawn-plan.js';

/**
 * One row before the sale, with the picked seats written as `P`: `.` free, `#` taken, a space is an
 * aisle. The answers are seat numbers, counted from 1 along the row.
 */
const examples: readonly [picture: string, strict: number[], lenient: number[]][] = [
  // Nothing is left, or two and more are left.
  ['PP', [], []],
  ['PP..', [], []],
  ['..PP', [], []],
  ['..PP..', [], []],
  // One is left and a pick at the other end of the stretch would have left none alone.
  ['.PP.', [1, 4], [1, 4]],
  ['.P..', [1], [1]],
  ['P.PP..', [2], [2]],
  ['..P.P..', [4], [4]],
  ['#.PP..#', [2], [2]],
  // One is left whichever seats are taken: two of three, one of two.
  ['PP.', [3], []],
  ['P.', [2], []],
  ['P.P', [2], []],
  ['#.P#', [2], []],
  // A seat that was alone before is nobody's fault.
  ['.#PP', [], []],
  ['P#.#P', [], []],
  // Aisles and row ends bound a stretch: a seat beyond an aisle is no neighbour.
  ['.P ..', [1], []],
  ['PP. ....', [3], []],
  ['.PP. ....', [1, 4], [1, 4]],
  ['PP .PP', [3], []],
  // Each stretch touched is judged for itself.
  ['.P#.P..', [1, 4], [4]],
  ['PP.#..PP#', [3], []],
];

describe('the single-seat rule', () => {
  it.each(examples)('given %p it names what is left alone', (picture, strict, lenient) => {
    const { layout, status, picked } = rowOf(picture);
    const numbersUnder = (rule: SingleSeatRule) =>
      strandedSeats(layout, status, picked, rule).map((seat) => Number(layout.numbers[seat]));
    expect(numbersUnder('strict')).toEqual(strict);
    expect(numbersUnder('lenient')).toEqual(lenient);
    expect(numbersUnder('off')).toEqual([]);
  });

  it('does not mind the order in which seats are picked', () => {
    const { layout, status } = rowOf('......');
    expect(strandedSeats(layout, status, [4, 1, 3], 'strict')).toEqual([0, 2, 5]);
  });

  it('counts blocked and held seats as taken', () => {
    const { layout, status } = rowOf('......');
    status[0] = BLOCKED;
    status[5] = RESERVED;
    expect(strandedSeats(layout, status, [2, 3, 4], 'strict')).toEqual([1]);
  });

  it('counts a picked seat as free before, so that a lapsed hold may be picked', () => {
    const { layout, status } = rowOf('.....');
    status[1] = RESERVED;
    status[2] = RESERVED;
    expect(strandedSeats(layout, status, [1, 2], 'strict')).toEqual([0]);
    expect(strandedSeats(layout, status, [1, 2], 'lenient')).toEqual([0]);
    expect(status[1]).toBe(RESERVED);
  });

  it('finds nothing in an empty pick', () => {
    const { layout, status } = rowOf('.#.');
    expect(strandedSeats(layout, status, [], 'strict')).toEqual([]);
  });

  it('keeps to its definition on any row', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('.', 'P', 'P', '#', '.', ' '),
          minLength: 1,
          maxLength: 9,
        }),
        (drawn) => {
          const picture = drawn.trim();
          fc.pre(picture !== '' && !/ {2}/.test(picture));
          const { layout, status, picked } = rowOf(picture);
          for (const rule of ['strict', 'lenient'] as const) {
            const numbers = strandedSeats(layout, status, picked, rule).map((seat) =>
              Number(layout.numbers[seat]),
            );
            expect(numbers).toEqual(byDefinition(stretchesOf(picture, layout.runOf), rule));
          }
        },
      ),
      { numRuns: 600 },
    );
  });
});

function rowOf(picture: string) {
  const { layout } = drawPlan([[picture.replaceAll('P', '.')]]);
  const letters = picture.replaceAll(' ', '');
  const { status } = availabilityOf(layout, (seat) => letters[seat] !== '#');
  const picked = [...letters].flatMap((letter, seat) => (letter === 'P' ? [seat] : []));
  expect(picked.every((seat) => status[seat] === AVAILABLE)).toBe(true);
  return { layout, status, picked };
}

/** The free seats of each stretch as `[number, picked]`, by the layout's own idea of aisles. */
function stretchesOf(picture: string, runOf: Uint32Array): [number, boolean][][] {
  const stretches: [number, boolean][][] = [[]];
  [...picture.replaceAll(' ', '')].forEach((letter, seat) => {
    if (letter === '#' || (seat > 0 && runOf[seat] !== runOf[seat - 1])) stretches.push([]);
    if (letter !== '#') stretches.at(-1)!.push([seat + 1, letter === 'P']);
  });
  return stretches;
}

/**
 * The rule again, in its own words: could as many seats of the stretch be taken without leaving one
 * alone?
 */
function byDefinition(stretches: [number, boolean][][], rule: 'strict' | 'lenient'): number[] {
  return stretches.flatMap((stretch) => {
    const picks = stretch.map(([, picked]) => picked);
    const count = picks.filter(Boolean).length;
    const avoidable = choicesOf(stretch.length, count).some(
      (choice) => loneIn(choice).length === 0,
    );
    if (count === 0 || (rule === 'lenient' && !avoidable)) return [];
    return loneIn(picks).map((at) => stretch[at]![0]);
  });
}

function loneIn(picks: readonly boolean[]): number[] {
  const taken = (at: number) => picks[at] ?? true;
  return picks.flatMap((picked, at) => (!picked && taken(at - 1) && taken(at + 1) ? [at] : []));
}

function choicesOf(length: number, count: number): boolean[][] {
  const choices = Array.from({ length: 2 ** length }, (_, bits) =>
    Array.from({ length }, (_unused, at) => ((bits >> at) & 1) === 1),
  );
  return choices.filter((choice) => choice.filter(Boolean).length === count);
}
