import { call, eventPath, Problem } from '../api.js';

/** Polling interval while the page is visible; a cache in between keeps the answer for a second. */
const LOOK_MS = 4_000;

/**
 * Follows what organizers change of an event while its page is open: the start, the opening of sales, a cancellation.
 * @param {{eventId: string, onEvent: (event: any) => void}} options
 */
export function watchEvent({ eventId, onEvent }) {
  const leaving = new AbortController();
  let timer = 0;

  async function look() {
    clearTimeout(timer);
    try {
      const options = { cache: /** @type {const} */ ('no-cache'), signal: leaving.signal, repeatable: false };
      const event = await call('GET', eventPath(eventId), options);
      if (!leaving.signal.aborted) onEvent(event);
    } catch (error) {
      // The next poll retries; the feed reports whether there is a connection.
      if (!leaving.signal.aborted && !(error instanceof Problem)) throw error;
    }
    schedule();
  }

  function schedule() {
    clearTimeout(timer);
    // Random delays, so that many clients do not poll at the same moment.
    if (!leaving.signal.aborted && !document.hidden)
      timer = setTimeout(look, LOOK_MS * (0.75 + Math.random() / 2), undefined);
  }

  const cameBack = () => (document.hidden ? clearTimeout(timer) : void look());
  document.addEventListener('visibilitychange', cameBack);
  schedule();

  return {
    lookNow: () => void look(),
    stop() {
      leaving.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', cameBack);
    },
  };
}
