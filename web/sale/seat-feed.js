import { call, eventPath, Problem } from '../api.js';

const POLL_MS = 4_000;
/**
 * A working stream is compared with the full status this often; an unchanged one is an empty 304.
 */
const CHECK_MS = 60_000;
/** The browser repairs a short interruption itself before polling starts. */
const GRACE_MS = 2_500;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** A hidden page closes its connection after this long: browsers allow six per server. */
const HIDDEN_MS = 60_000;

/**
 * @typedef {'connecting' | 'live' | 'polling' | 'offline'} FeedState
 * @typedef {{
 *   eventId: string,
 *   onStatus: (status: {revision: number, status: string}) => void,
 *   onChanges: (message: {
 *     revision: number, changes: {seatId: string, status: string}[],
 *   }) => void,
 *   onState: (state: FeedState) => void, onEventChanged: () => void,
 * }} FeedOptions
 */

/**
 * Keeps seat status up to date by server-sent events, and by polling while these are interrupted.
 */
class SeatFeed {
  #ending = new AbortController();
  /** @type {EventSource | null} */
  #source = null;
  /** The newest revision received: an older answer is requested again. */
  #revision = -1;
  #retries = 0;
  #polling = 0;
  #reopening = 0;
  #hiding = 0;
  #checking = 0;
  /** @type {FeedState | ''} */
  #state = '';

  /** @param {FeedOptions} options */
  constructor(options) {
    this.options = options;
    this.path = `${eventPath(options.eventId)}/seat-status`;
  }

  start() {
    this.#checking = setInterval(() => {
      if (this.#source?.readyState === EventSource.OPEN) void this.#load();
    }, CHECK_MS);
    document.addEventListener('visibilitychange', this.#visibilityChanged);
    void this.#load();
    this.#setState('connecting');
    this.#open();
  }

  stop() {
    this.#ending.abort();
    this.#close();
    clearInterval(this.#checking);
    document.removeEventListener('visibilitychange', this.#visibilityChanged);
  }

  /** @param {FeedState} next */
  #setState(next) {
    if (next === this.#state) return;
    this.#state = next;
    this.options.onState(next);
  }

  /** @param {string} parameters */
  #request(parameters) {
    return call('GET', this.path + parameters, {
      cache: 'no-cache',
      signal: this.#ending.signal,
      repeatable: this.#state === '',
    });
  }

  /** @returns {Promise<boolean>} whether the status is up to date */
  async #load() {
    try {
      // The same address for all pages, so that a cache can answer them.
      let answer = await this.#request('');
      if (answer.revision < this.#revision)
        answer = await this.#request(`?atLeast=${this.#revision}`);
      if (this.#ending.signal.aborted || answer.revision < this.#revision) return false;
      this.#revision = answer.revision;
      this.options.onStatus(answer);
      return true;
    } catch (error) {
      const isOffline = error instanceof Problem && error.status === 0;
      if (isOffline && !this.#ending.signal.aborted) this.#setState('offline');
      return false;
    }
  }

  async #poll() {
    this.#polling = 0;
    const isLoaded = await this.#load();
    if (this.#ending.signal.aborted || this.#source?.readyState === EventSource.OPEN) return;
    if (isLoaded) this.#setState('polling');
    this.#pollIn(POLL_MS);
  }

  /** @param {number} ms */
  #pollIn(ms) {
    this.#polling ||= setTimeout(() => void this.#poll(), ms);
  }

  #open() {
    clearTimeout(this.#reopening);
    this.#source?.close();
    const source = new EventSource(`${this.path}/stream`);
    this.#source = source;
    source.onopen = () => this.#opened();
    source.onmessage = (message) => {
      const data = JSON.parse(message.data);
      this.#revision = Math.max(this.#revision, data.revision);
      this.options.onChanges(data);
    };
    source.addEventListener('event-changed', this.options.onEventChanged);
    source.onerror = () => this.#interrupted();
  }

  #opened() {
    this.#retries = 0;
    clearTimeout(this.#polling);
    this.#polling = 0;
    this.#setState('live');
    void this.#load();
    this.options.onEventChanged();
  }

  #interrupted() {
    // The states "polling" and "offline" say more than "connecting".
    if (this.#state === 'live') this.#setState('connecting');
    this.#pollIn(GRACE_MS);
    if (this.#source?.readyState !== EventSource.CLOSED) return;
    // The browser has given up, for example after a 503.
    const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#retries++);
    this.#reopening = setTimeout(() => this.#open(), pause * (1 + Math.random() / 2));
  }

  #close() {
    for (const timer of [this.#polling, this.#reopening, this.#hiding]) clearTimeout(timer);
    this.#polling = 0;
    this.#source?.close();
    this.#source = null;
  }

  #visibilityChanged = () => {
    clearTimeout(this.#hiding);
    if (document.hidden) this.#hiding = setTimeout(() => this.#close(), HIDDEN_MS);
    else if (this.#source) void this.#load();
    else {
      this.#setState('connecting');
      this.#open();
    }
  };
}

/** Starts to follow the seat status of an event. @param {FeedOptions} options */
export function followSeatStatus(options) {
  const feed = new SeatFeed(options);
  feed.start();
  return feed;
}
