import { call, eventPath, Problem } from '../api.js';

/** Between two looks at the event while the page is in sight; what changes the sale is heard of at once from the feed. */
const LOOK_MS = 30_000;
/** After news a cache may still have the answer of before. */
const FOLLOW_UP_MS = 3_000;

/**
 * Follows what organizers change of an event while its page is open: the start, the opening of sales, a cancellation.
 * @param {{eventId: string, onEvent: (event: any) => void}} options
 */
export function watchEvent({ eventId, onEvent }) {
  const leaving = new AbortController();
  let timer = 0;

  async function look(/** @type {number} */ next = LOOK_MS) {
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
      timer = setTimeout(() => void look(), pause * (0.75 + Math.random() / 2), undefined);
  }

  const cameBack = () => (document.hidden ? clearTimeout(timer) : void look());
  document.addEventListener('visibilitychange', cameBack);
  schedule(LOOK_MS);

  return {
    lookNow: () => void look(FOLLOW_UP_MS),
    stop() {
      leaving.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', cameBack);
    },
  };
}
