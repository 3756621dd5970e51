import { call, eventPath, Problem } from '../api.js';

const POLL_MS = 4000;
/** Even a healthy stream is checked against the full status; unchanged, that is an empty 304. */
const CHECK_MS = 60_000;
/** A short break is mended by the browser itself before polling starts. */
const GRACE_MS = 2500;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
/** A page in the background gives its connection back: browsers allow six per server. */
const HIDDEN_MS = 60_000;

/**
 * Keeps seat status up to date: by server-sent events, and by asking every few seconds while those are away.
 * @typedef {'connecting' | 'live' | 'polling' | 'offline'} FeedState
 * @param {{
 *   eventId: string,
 *   onStatus: (status: {revision: number, status: string}) => void,
 *   onChanges: (message: {revision: number, changes: {seatId: string, status: string}[]}) => void,
 *   onState: (state: FeedState) => void, onEventChanged: () => void,
 * }} options
 */
export function followSeatStatus({ eventId, onStatus, onChanges, onState, onEventChanged }) {
  const path = `${eventPath(eventId)}/seat-status`;
  const ending = new AbortController();
  /** @type {EventSource | null} */
  let source = null;
  /** Newest revision heard of; an answer older than that is asked for again. */
  let heard = -1;
  let retries = 0;
  let polling = 0;
  let reopening = 0;
  let hiding = 0;
  let checking = 0;
  /** @type {FeedState | ''} */
  let state = '';

  /** @param {FeedState} next */
  function be(next) {
    if (next === state) return;
    state = next;
    onState(next);
  }

  const ask = (/** @type {string} */ atLeast) =>
    call('GET', path + atLeast, {
      cache: 'no-cache',
      signal: ending.signal,
      repeatable: state === '',
    });

  /** @returns {Promise<boolean>} */
  async function load() {
    try {
      // The same address for everybody, so that a cache in between can answer a crowd.
      let answer = await ask('');
      if (answer.revision < heard) answer = await ask(`?atLeast=${heard}`);
      if (ending.signal.aborted || answer.revision < heard) return false;
      heard = answer.revision;
      onStatus(answer);
      return true;
    } catch (error) {
      if (!ending.signal.aborted && error instanceof Problem && error.status === 0) be('offline');
      return false;
    }
  }

  async function poll() {
    polling = 0;
    const reached = await load();
    if (ending.signal.aborted || source?.readyState === EventSource.OPEN) return;
    if (reached) be('polling');
    polling ||= setTimeout(poll, POLL_MS);
  }

  function open() {
    clearTimeout(reopening);
    source?.close();
    source = new EventSource(`${path}/stream`);
    source.onopen = () => {
      retries = 0;
      clearTimeout(polling);
      polling = 0;
      be('live');
      void load();
      onEventChanged();
    };
    source.onmessage = (message) => {
      const data = JSON.parse(message.data);
      heard = Math.max(heard, data.revision);
      onChanges(data);
    };
    source.addEventListener('event-changed', onEventChanged);
    source.onerror = () => {
      // Polling or offline say more than that the stream is being tried again.
      if (state === 'live') be('connecting');
      polling ||= setTimeout(poll, GRACE_MS);
      if (source?.readyState !== EventSource.CLOSED) return;
      // The browser has given up, for instance after a 503; it is ours to come back.
      const wait =
        Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** retries++) * (1 + Math.random() / 2);
      reopening = setTimeout(open, wait);
    };
  }

  function close() {
    for (const timer of [polling, reopening, hiding]) clearTimeout(timer);
    polling = 0;
    source?.close();
    source = null;
  }

  function visibilityChanged() {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(close, HIDDEN_MS);
    else if (!source) {
      be('connecting');
      open();
    } else void load();
  }

  checking = setInterval(() => {
    if (source?.readyState === EventSource.OPEN) void load();
  }, CHECK_MS);
  document.addEventListener('visibilitychange', visibilityChanged);
  void load();
  be('connecting');
  open();

  return {
    stop() {
      ending.abort();
      close();
      clearInterval(checking);
      document.removeEventListener('visibilitychange', visibilityChanged);
    },
  };
}
