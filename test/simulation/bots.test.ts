import { simulateDenial } from '../../bench/bots/denial.js';
import { simulate } from '../../bench/bots/simulate.js';

describe('a bot with a thousand accounts against a thousand people', () => {
  it('gets most seats without protection, and a part with it; nobody is rejected', async () => {
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

describe('408 accounts of one /48 that never pay, against 500 honest ones of one address', () => {
  const denial = (rules: 'before' | 'on', attack: 'hold' | 'small') =>
    simulateDenial({ seed: 1, rules, attack, minutes: 20, arrivalMinutes: 10 });

  it('kept the event off sale under the previous rules', async () => {
    const { mostHeld, campusRefused } = await denial('before', 'hold');
    expect(mostHeld).toBeGreaterThan(90);
    expect(campusRefused).toBeGreaterThan(100);
  });

  it.each(['hold', 'small'] as const)('keep less than 5 %% off sale now, by %s', async (attack) => {
    const run = await denial('on', attack);
    expect(run.mostHeld).toBeLessThan(5);
    expect(run.sold).toBe(100);
    expect(run.campusRefused).toBe(0);
    expect(run.campusAsked).toBeLessThanOrEqual(10);
  });
});
