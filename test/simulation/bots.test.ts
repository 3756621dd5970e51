import { simulate } from '../../bench/bots/simulate.js';

describe('a bot with a thousand accounts against a thousand people', () => {
  it('gets the house while nothing protects it, and a part of it otherwise; no person is turned away', async () => {
    const [off, on] = [await simulate(1, false, 10), await simulate(1, true, 10)];
    expect(off.botShare).toBeGreaterThan(95);
    expect(on.botShare).toBeLessThan(35);
    expect(on.peopleWithSeats).toBeGreaterThan(500);
    expect([on.peopleLimited, off.peopleLimited]).toEqual([0, 0]);
    expect(on.longestWorkSeconds).toBeLessThan(60);
  });

  it('is the same sale for the same seed', async () => {
    expect(await simulate(7, true, 1)).toEqual(await simulate(7, true, 1));
  });
});
