import { arrivalsPerStep } from '../../bench/onsale/arrivals.js';
import { DEFAULT_ON_SALE, simulate } from '../../bench/onsale/model.js';
import { plot } from '../../bench/onsale/plot.js';
import { seededChance } from '../../src/demo/crowd/seeded-chance.js';

const SMALL = { ...DEFAULT_ON_SALE, arrivals: 20_000, admitPerMinute: 3_000, maxShoppers: 3_000 };

/** The same model at ten million is `npm run simulate:onsale`. */
describe('an on-sale through the waiting room, on a clock of its own', () => {
  const outcome = simulate(SMALL);

  it('calls everybody in the order of arrival', () => {
    expect(outcome).toMatchObject({ inversions: 0, overtaken: 0 });
    expect(outcome.admitted + outcome.noShows).toBe(SMALL.arrivals);
  });

  it('keeps no more inside than the bound, and does come to it', () => {
    expect(outcome.mostInside).toBe(SMALL.maxShoppers);
  });

  it('gives in no ten seconds more than 1.1 times the rate', () => {
    expect(outcome.busiestTenSeconds).toBeGreaterThan(0.9);
    expect(outcome.busiestTenSeconds).toBeLessThanOrEqual(1.1);
  });

  it('has nobody wait longer than all before take at the rate, and the no-shows besides', () => {
    const { p50, p90, p99, longest } = outcome.wait;
    expect(p50).toBeLessThan(p90);
    expect(p90).toBeLessThanOrEqual(p99);
    expect(p99).toBeLessThanOrEqual(longest);
    expect(longest).toBeLessThan(2 * (SMALL.arrivals / SMALL.admitPerMinute) * 60);
  });

  it('goes the same way with the same seed, and another with another', () => {
    const fewer = { ...SMALL, arrivals: 2_000 };
    expect(simulate(fewer)).toEqual(simulate(fewer));
    expect(simulate({ ...fewer, seed: 1 }).samples).not.toEqual(simulate(fewer).samples);
  });

  it('has all arrive within ten minutes, most of them early', () => {
    const counts = arrivalsPerStep(20_000, seededChance(1));
    const total = counts.reduce((sum, count) => sum + count, 0);
    const early = counts.subarray(0, counts.length / 4).reduce((sum, count) => sum + count, 0);
    expect([counts.length, total]).toEqual([6_000, 20_000]);
    expect(early).toBeGreaterThan(total / 2);
  });

  it('is drawn, every curve within its panel', () => {
    const svg = plot(outcome);
    expect(svg.match(/<polyline/g)).toHaveLength(4);
    const points = [...svg.matchAll(/points="([^"]+)"/g)].flatMap(([, list]) => list!.split(' '));
    expect(points).toHaveLength(4 * outcome.samples.length);
    for (const point of points) {
      const [x, y] = point.split(',').map(Number);
      expect(x! >= 90 && x! <= 880 && y! >= 0 && y! <= 220).toBe(true);
    }
  });
});
