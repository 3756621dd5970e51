import { HOSTILE_BODIES, largeVenue, proveBodies } from '../../bench/prove/bodies.js';

/**
 * Without limits, one such body blocks the process for 18 s. An answer takes about 10 ms on a busy
 * machine.
 */
const MAX_WAIT_MS = 1_000;

describe('bodies of 32 MiB', () => {
  it('do not delay other requests, whatever they contain', async () => {
    const bodies = Object.values(HOSTILE_BODIES).map((make) => make());
    const { statuses, busy } = await proveBodies(bodies);
    expect((statuses[400] ?? 0) + (statuses[422] ?? 0)).toBe(bodies.length);
    expect(busy.p99).toBeLessThan(MAX_WAIT_MS);
    expect(busy.worst).toBeLessThan(3 * MAX_WAIT_MS);
  }, 300_000);

  it('are accepted ten at a time: 94,000 seats with twenty more keys each', async () => {
    const stadium = largeVenue(94_000);
    const { statuses } = await proveBodies(Array.from({ length: 10 }, () => stadium));
    expect(statuses).toEqual({ 201: 10 });
  }, 300_000);
});
