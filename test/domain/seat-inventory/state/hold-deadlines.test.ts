import fc from 'fast-check';
import { HoldDeadlines } from '../../../../src/domain/seat-inventory/state/hold-deadlines.js';

describe('The deadlines of holds', () => {
  it(
    'name every hold past its time and no other, whatever was lengthened, ended or ' +
      'taken up again',
    () => {
      const step = fc.record({
        number: fc.integer({ min: 1, max: 12 }),
        endsAt: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
        now: fc.integer({ min: 0, max: 40 }),
      });
      fc.assert(
        fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
          const held = new Map<number, number>();
          const deadlines = new HoldDeadlines((number, time) => held.get(number) === time);
          for (const { number, endsAt, now } of steps) {
            if (endsAt === undefined) held.delete(number);
            else {
              held.set(number, endsAt);
              deadlines.add(number, endsAt);
            }
            const expected = [...held].filter(([, time]) => time <= now).map(([passed]) => passed);
            expect(deadlines.passed(now)).toEqual(expected.sort((a, b) => a - b));
          }
        }),
        { numRuns: 200 },
      );
    },
  );

  it('cost no look at a hold whose time has not come', () => {
    let looks = 0;
    const deadlines = new HoldDeadlines(() => ++looks > 0);
    for (let number = 1; number <= 40_000; number++) deadlines.add(number, 1_000 + (number % 600));
    looks = 0;
    expect(deadlines.passed(999)).toEqual([]);
    expect(looks).toBeLessThan(5);
    expect(deadlines.passed(1_000)).toHaveLength(66);
    expect(looks).toBeLessThan(100);
  });

  it('forget the holds that have ended while new ones come', () => {
    let looks = 0;
    const isHeld = (number: number) => (looks++, number > 99_990);
    const deadlines = new HoldDeadlines(isHeld);
    for (let number = 1; number <= 100_000; number++) deadlines.add(number, number);
    looks = 0;
    expect(deadlines.passed(Infinity)).toHaveLength(10);
    expect(looks).toBeLessThan(30);
  });
});
