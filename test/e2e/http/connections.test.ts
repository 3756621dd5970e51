import { anySignal } from '../../../src/ports/system/any-signal.js';
import { proveConnections } from '../../../bench/prove/connections.js';

/** `npm run prove:connections` does the same with 50,000 live feeds. */
const FEEDS = 1_000;
const CONNECTIONS = 60;
/** Sockets that are still closing. */
const LEFT = 10;
/**
 * Each live feed once leaked 6 kB. The limit includes caches and compiled code of the first
 * requests.
 */
const MAX_BYTES = 2_000_000;

it('frees the memory of a closed connection, whatever its requests and its end', async () => {
  const kinds = await proveConnections({ feeds: FEEDS, connections: CONNECTIONS, atOnce: 50 });
  const leaks = kinds.filter(
    ({ before, after }) =>
      after.heapUsed - before.heapUsed > MAX_BYTES ||
      Object.entries(after.alive).some(([name, count]) => count - before.alive[name]! > LEFT),
  );
  expect(leaks).toEqual([]);
  expect(kinds.length).toBeGreaterThan(10);
}, 300_000);

describe('a signal that aborts with the first of several signals', () => {
  const abortedWith = (reason: string) => {
    const controller = new AbortController();
    controller.abort(reason);
    return controller.signal;
  };

  it('is aborted from the start if one of them is', () => {
    expect(anySignal([new AbortController().signal, abortedWith('over')])).toMatchObject({
      aborted: true,
      reason: 'over',
    });
  });

  it('listens to none of them once one has aborted', () => {
    const [short, long] = [new AbortController(), new AbortController()];
    const listening = new Set<unknown>();
    const { addEventListener, removeEventListener } = long.signal;
    long.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listening.add(args[1]);
      addEventListener.apply(long.signal, args);
    };
    long.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listening.delete(args[1]);
      removeEventListener.apply(long.signal, args);
    };
    const either = anySignal([short.signal, long.signal]);
    expect(listening.size).toBe(1);
    short.abort('gone');
    expect(either).toMatchObject({ aborted: true, reason: 'gone' });
    expect(listening.size).toBe(0);
  });
});
