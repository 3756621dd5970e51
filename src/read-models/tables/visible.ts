import type { Clock } from '../../ports/system/clock.js';

/** Between looks at the read model, doubling up to the last. Milliseconds. */
const LOOK_MS = { first: 5, last: 80 };

/** Asks again until there is an answer; undefined when there is none within `timeoutMs`. For what is asked rarely. */
export async function untilVisible<T>(
  find: () => Promise<T | undefined>,
  timeoutMs: number,
  clock: Clock,
): Promise<T | undefined> {
  const deadline = clock.now() + timeoutMs;
  for (let pause = LOOK_MS.first; ; pause = Math.min(pause * 2, LOOK_MS.last)) {
    const found = await find();
    if (found !== undefined || clock.now() >= deadline) return found;
    await clock.sleep(pause);
  }
}
