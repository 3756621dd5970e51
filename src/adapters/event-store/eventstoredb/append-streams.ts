/**
 * The append streams of this process, one per open store.
 *
 * The client keeps all appends in flight of the process in one table and sends them over one gRPC
 * stream per client. When any of these streams fails
 *  - every append in the table is rejected, whichever stream carried it, and
 *  - a later answer over a healthy stream throws where nothing can catch it.
 *
 * Therefore a failure of one append stream resets all of them at once, and a stream is closed only
 * while no append is in flight.
 */
export interface AppendStream {
  /** Ends the stream and rejects the appends in flight. The next append opens another stream. */
  reset(): Promise<void>;
}

/** An append in flight. */
export interface AppendInFlight {
  /** No other append was in flight at the same time, so an error concerns this one. */
  alone: boolean;
}

const streams = new Set<AppendStream>();
const barriers = new Set<Promise<void>>();
const inFlight = new Set<AppendInFlight>();
const whenIdle: (() => void)[] = [];
let resetting: Promise<void> | undefined;

export function addStream(stream: AppendStream): void {
  streams.add(stream);
}

export const isOnlyStream = (): boolean => streams.size === 1;

export function beginAppend(): AppendInFlight {
  const append = { alone: inFlight.size === 0 };
  for (const other of inFlight) other.alone = false;
  inFlight.add(append);
  return append;
}

export function endAppend(append: AppendInFlight): void {
  inFlight.delete(append);
  if (inFlight.size === 0) for (const resolve of whenIdle.splice(0)) resolve();
}

/** Whether appends wait for `appendsReleased` before they start. */
export const areAppendsHeld = (): boolean => barriers.size > 0;

export const appendsReleased = (): Promise<unknown> => Promise.all(barriers);

/** Ends all append streams of the process before another answer can arrive. */
export function resetAppendStreams(): Promise<void> {
  return (resetting ??= holdingAppends(async () => {
    await Promise.all([...streams].map((stream) => stream.reset()));
  }).finally(() => (resetting = undefined)));
}

/** Waits until no append of the process is in flight, then removes and closes the stream. */
export function closeStream(stream: AppendStream, close: () => Promise<void>): Promise<void> {
  return holdingAppends(async () => {
    if (inFlight.size > 0) await new Promise<void>((resolve) => whenIdle.push(resolve));
    streams.delete(stream);
    await close();
  });
}

/** Runs `work`; no append of the process starts meanwhile. */
async function holdingAppends(work: () => Promise<void>): Promise<void> {
  const barrier = work().catch(() => {});
  barriers.add(barrier);
  await barrier;
  barriers.delete(barrier);
}
