import { ANNOUNCED_MS, WaitingQueries } from '../../src/ports/event-store/waiting-queries.js';
import { openManualClock } from '../support/manual-clock.js';

const BOUNDS = { least: 10, most: 50 };

/** Gathers from now on. Returns how long it took, once it has ended. */
function gathering(signal = new AbortController().signal) {
  const clock = openManualClock(1_000);
  const queries = new WaitingQueries();
  let took: number | undefined;
  void queries.gather(clock, 1_000, BOUNDS, signal).then(() => (took = clock.now() - 1_000));
  return { clock, queries, took: () => took };
}

describe('gathering domain events', () => {
  it('takes the longest time while no query waits', async () => {
    const { clock, took } = gathering();
    await clock.advance(49);
    expect(took()).toBeUndefined();
    await clock.advance(1);
    expect(took()).toBe(50);
  });

  it('takes the shortest time once a query waits', async () => {
    const { clock, queries, took } = gathering();
    await clock.advance(3);
    void queries.during(clock.sleep(1_000));
    await clock.advance(6);
    expect(took()).toBeUndefined();
    await clock.advance(1);
    expect(took()).toBe(10);
  });

  it('ends at once when a query begins to wait after the shortest time', async () => {
    const { clock, queries, took } = gathering();
    await clock.advance(20);
    void queries.during(clock.sleep(1_000));
    await clock.advance(0);
    expect(took()).toBe(20);
  });

  it('ends when the signal aborts', async () => {
    const ending = new AbortController();
    const { clock, took } = gathering(ending.signal);
    await clock.advance(5);
    ending.abort();
    await clock.advance(0);
    expect(took()).toBe(5);
  });

  it(`counts a query of another process for ${ANNOUNCED_MS} ms`, async () => {
    const { clock, queries } = gathering();
    void queries.countAnnounced(clock);
    expect(queries.anyHere()).toBe(false);
    await clock.advance(ANNOUNCED_MS - 1);
    const gather = async () => {
      const began = clock.now();
      await queries.gather(clock, began, BOUNDS, new AbortController().signal);
      return clock.now() - began;
    };
    const first = gather();
    await clock.advance(100);
    expect(await first).toBe(10);
    const second = gather();
    await clock.advance(100);
    expect(await second).toBe(50);
  });
});
