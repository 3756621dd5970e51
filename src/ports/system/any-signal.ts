import { setMaxListeners } from 'node:events';

/**
 * Returns a signal that aborts with the first of `signals`, like `AbortSignal.any`, and then
 * removes all its listeners.
 *
 * Node 20 keeps each result of `AbortSignal.any` with a listener (2.7 kB) as long as its
 * longest-lived source, even after another source has aborted: a process-wide signal then collects
 * one per request. Here one source must abort to release the rest, so one of `signals` should end
 * with the work.
 */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  const first = new AbortController();
  const abort = (event: Event) => settle((event.target as AbortSignal).reason);
  const settle = (reason: unknown) => {
    for (const signal of signals) signal.removeEventListener('abort', abort);
    first.abort(reason);
  };
  const aborted = signals.find((signal) => signal.aborted);
  if (aborted) first.abort(aborted.reason);
  else
    for (const signal of signals) {
      // A process-wide signal has one listener per request, which is not a leak.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', abort);
    }
  return first.signal;
}
