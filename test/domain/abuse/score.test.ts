import { readFileSync } from 'node:fs';
import {
  DEFAULT_THRESHOLD,
  priceOf,
  RULES,
  scoreOf,
  type Behaviour,
} from '../../../src/domain/abuse/score.js';

/** Somebody who looks for seats as people do. */
const PERSON: Behaviour = {
  triesPerMinute: 6,
  unevenness: 0.7,
  seatsPerMinute: 18,
  holdsDropped: 2,
  accountsOfAddress: 3,
  seatsPerMinuteOfAddress: 20,
  secondsSincePass: 25,
};

const score = (seen: Partial<Behaviour>) => scoreOf({ ...PERSON, ...seen });

describe('the score of a behaviour', () => {
  it('of a person is nothing', () => expect(score({})).toEqual({ score: 0, evidence: [] }));

  it.each<[string, Partial<Behaviour>, number]>([
    ['steady-cadence', { triesPerMinute: 20, unevenness: 0.19 }, 25],
    ['seats-tried', { seatsPerMinute: 121 }, 20],
    ['seats-tried', { seatsPerMinute: 301 }, 40],
    ['holds-dropped', { holdsDropped: 10 }, 15],
    ['holds-dropped', { holdsDropped: 25 }, 35],
    ['accounts-per-address', { accountsOfAddress: 6 }, 35],
    ['accounts-per-address', { accountsOfAddress: 21 }, 50],
    ['seats-tried-from-address', { seatsPerMinuteOfAddress: 21 }, 30],
    ['seats-tried-from-address', { seatsPerMinuteOfAddress: 101 }, 45],
    ['instant-choice', { secondsSincePass: 0.9 }, 15],
  ])('%s: %j is %i', (rule, seen, points) => {
    expect(score(seen)).toEqual({ score: points, evidence: [{ rule, points }] });
  });

  it.each<[string, Partial<Behaviour>]>([
    ['steady, but few tries', { triesPerMinute: 19, unevenness: 0 }],
    ['many tries, unevenly', { triesPerMinute: 60, unevenness: 0.2 }],
    ['many tries of which nothing can be said yet', { triesPerMinute: 60, unevenness: undefined }],
    ['120 seats in a minute', { seatsPerMinute: 120 }],
    ['nine holds dropped', { holdsDropped: 9 }],
    ['a household of five', { accountsOfAddress: 5 }],
    ['no waiting room', { secondsSincePass: undefined }],
  ])('%s: nothing', (_, seen) => expect(score(seen).score).toBe(0));

  it('no rule alone makes anybody work', () => {
    for (const { steps } of RULES)
      expect(Math.max(...steps.map(([points]) => points))).toBeLessThan(DEFAULT_THRESHOLD);
  });

  it('adds up, to a hundred at most', () => {
    expect(score({ accountsOfAddress: 6, seatsPerMinuteOfAddress: 21 }).score).toBe(65);
    const worst = { triesPerMinute: 60, unevenness: 0, seatsPerMinute: 900, holdsDropped: 99 };
    expect(
      score({ ...worst, accountsOfAddress: 99, seatsPerMinuteOfAddress: 999, secondsSincePass: 0 })
        .score,
    ).toBe(100);
  });

  it('raises the price in three steps', () => {
    expect([0, 64, 65, 78, 79, 92, 93, 100].map((of) => priceOf(of, 65))).toEqual([
      ...[undefined, undefined, 1_000, 1_000, 4_000, 4_000, 16_000, 16_000],
    ]);
    expect(priceOf(100, 101)).toBeUndefined();
  });

  it('is told in docs/concepts/abuse.md, rule by rule', () => {
    const page = readFileSync(new URL('../../../docs/concepts/abuse.md', import.meta.url), 'utf8');
    for (const { name, says, because } of RULES)
      expect(page).toContain(`| \`${name}\` | ${says} | ${because} |`);
  });
});
