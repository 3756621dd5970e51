import { call, eventPath, Problem } from '../api.js';

/** A visible page reads the event this often; the live feed reports changes of the sale at once. */
const POLL_MS = 30_000;
/** After a change a cache may return the old answer once more. */
const FOLLOW_UP_MS = 3_000;

/**
 * Follows changes of an event by its organizer: the start, the opening of sales, a cancellation.
 * @param {{eventId: string, onEvent: (event: any) => void}} options
 */
export function watchEvent({ eventId, onEvent }) {
  const leaving = new AbortController();
  let timer = 0;

  async function read(/** @type {number} */ next = POLL_MS) {
    clearTimeout(timer);
    let pause = next;
    try {
      const options = {
        cache: /** @type {const} */ ('no-cache'),
        signal: leaving.signal,
        repeatable: false,
      };
      const event = await call('GET', eventPath(eventId), options);
      if (!leaving.signal.aborted) onEvent(event);
    } catch (error) {
      // The next poll retries; the feed reports whether there is a connection.
      if (!leaving.signal.aborted && !(error instanceof Problem)) throw error;
      if (error instanceof Problem) pause = Math.max(pause, error.retryAfterMs ?? 0);
    }
    schedule(pause);
  }

  function schedule(/** @type {number} */ pause) {
    clearTimeout(timer);
    // Random delays, so that many clients do not poll at the same moment.
    if (!leaving.signal.aborted && !document.hidden)
      timer = setTimeout(() => void read(), pause * (0.75 + Math.random() / 2), undefined);
  }

  const visibilityChanged = () => (document.hidden ? clearTimeout(timer) : void read());
  document.addEventListener('visibilitychange', visibilityChanged);
  schedule(POLL_MS);

  return {
    readNow: () => void read(FOLLOW_UP_MS),
    stop() {
      leaving.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', visibilityChanged);
    },
  };
}
