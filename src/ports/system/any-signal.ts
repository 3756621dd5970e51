import { setMaxListeners } from 'node:events';

/**
 * A signal that aborts with the first of `signals`, like `AbortSignal.any`, and then listens to none of them any more.
 *
 * Node 20 keeps each result of `AbortSignal.any` that has had a listener (2.7 kB) for as long as its longest-lived source
 * lives, even after another source has aborted: a process-wide signal then collects one for each request. Here one source
 * must abort for the rest to be released, so one of `signals` should belong to what is being done.
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
