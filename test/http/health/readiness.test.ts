import { checkReadiness } from '../../../src/http/health/readiness.js';
import type { ReadinessCheck } from '../../../src/http/health/node-state.js';
import { systemClock } from '../../../src/adapters/system/clock.js';

const passes = (name: string): ReadinessCheck => ({ name, check: async () => {} });
const fails = (name: string, optional = false): ReadinessCheck => ({
  name,
  optional,
  check: () => Promise.reject(new Error('lost')),
});

describe('readiness', () => {
  it.each<[string, ReadinessCheck[], object]>([
    ['is given without checks', [], { isReady: true, checks: {} }],
    ['is given when all pass', [passes('log')], { isReady: true, checks: { log: 'ok' } }],
    [
      'is not given when one fails',
      [passes('log'), fails('database')],
      { isReady: false, checks: { log: 'ok', database: 'failed' } },
    ],
    [
      'is given when an optional one fails',
      [fails('search', true)],
      { isReady: true, checks: { search: 'failed' } },
    ],
    [
      'shows the cause that a check names',
      [
        {
          name: 'log',
          check: async () => ({ state: 'withheld', isReady: true, cause: 'an open transaction' }),
        },
      ],
      { isReady: true, checks: { log: 'withheld' }, causes: { log: 'an open transaction' } },
    ],
  ])('%s', async (_, checks, expected) => {
    expect(await checkReadiness(checks, systemClock)).toEqual(expected);
  });

  it('counts a check that does not answer in time as failed', async () => {
    const clock = { ...systemClock, sleep: async () => {} };
    const silent: ReadinessCheck = { name: 'database', check: () => new Promise(() => {}) };
    expect(await checkReadiness([silent], clock)).toEqual({
      isReady: false,
      checks: { database: 'failed' },
    });
  });
});
