import { waitingQueries } from '../../ports/event-store/waiting-queries.js';
import type { Clock } from '../../ports/system/clock.js';

/** Pause between queries; doubles up to `last`. Milliseconds. */
const POLL_MS = { first: 5, last: 80 };

/**
 * Repeats a query until it finds something; returns undefined after `timeoutMs`. For rare requests:
 * it polls.
 */
export async function untilVisible<T>(
  find: () => Promise<T | undefined>,
  timeoutMs: number,
  clock: Clock,
): Promise<T | undefined> {
  const deadline = clock.now() + timeoutMs;
  const found = await find();
  if (found !== undefined || timeoutMs <= 0) return found;
  return waitingQueries.during(poll(find, deadline, clock));
}

async function poll<T>(
  find: () => Promise<T | undefined>,
  deadline: number,
  clock: Clock,
): Promise<T | undefined> {
  for (let pause = POLL_MS.first; ; pause = Math.min(pause * 2, POLL_MS.last)) {
    await clock.sleep(pause);
    const found = await find();
    if (found !== undefined || clock.now() >= deadline) return found;
  }
}
