import { callAsCustomer } from '../account.js';
import { call, eventPath, Problem } from '../api.js';
import { explain } from '../problems.js';
import { serverNow } from '../server-clock.js';
import { keep, recall } from '../storage.js';
import { shuffledPlace } from './shuffle.js';

/**
 * @typedef {{
 *   state: 'off' | 'countdown' | 'open' | 'paused' | 'ended', opensAt: string | null,
 *   startsAfter: number, nowServing: number, perMinute: number, waiting: number,
 *   refreshSeconds: number, queueAll: boolean,
 *   shuffle: {commitment: string, early: number | null, seed: string | null} | null,
 * }} RoomStatus the same for all buyers
 * @typedef {{ticket: string, number: number, pass?: string, passEndsAt?: number}} QueueNumber
 * what this browser keeps over a reload
 */

const SECOND_MS = 1_000;
/** A buyer whose turn is this near polls more often. */
const NEAR_SECONDS = 60;
const NEAR_POLL_MS = 2_000;
const RETRY_MS = 5_000;
const ON = new Set(['countdown', 'open', 'paused']);

/** This browser's place in the queue of an event. A served number is traded for a pass. */
export class WaitingRoom {
  /** @type {RoomStatus | null} */
  #status = null;
  /** @type {QueueNumber | null} */
  #number;
  #trouble = '';
  #isBusy = false;
  #leaving = new AbortController();
  #timer = 0;

  /** @param {string} eventId @param {() => void} changed */
  constructor(eventId, changed) {
    this.path = `${eventPath(eventId)}/waiting-room`;
    this.storageName = `waiting-room.${eventId}`;
    this.changed = changed;
    this.#number = recall(this.storageName);
    void this.#poll();
  }

  status() {
    return this.#status;
  }

  mine() {
    return this.#number;
  }

  /** The text of the last problem, or nothing. */
  trouble() {
    return this.#trouble;
  }

  isOn() {
    return this.#status !== null && ON.has(this.#status.state);
  }

  hasPass() {
    return Boolean(this.#number?.pass && (this.#number.passEndsAt ?? 0) > serverNow());
  }

  /** The place in the queue; undefined without a number, and before early numbers are shuffled. */
  place() {
    if (!this.#number || !this.#status) return undefined;
    const { shuffle, startsAfter } = this.#status;
    const { number } = this.#number;
    if (!shuffle) return number;
    if (!shuffle.seed || shuffle.early === null) return undefined;
    const early = shuffle.early - startsAfter;
    return startsAfter + shuffledPlace(number - startsAfter, early, shuffle.seed);
  }

  /** Estimated seconds until the turn of this browser; null without an estimate. */
  etaSeconds() {
    const place = this.place();
    const status = this.#status;
    if (!status || place === undefined) return null;
    if (status.state === 'paused' || status.perMinute === 0) return null;
    const isCountdown = status.state === 'countdown';
    const untilOpening = isCountdown ? Date.parse(status.opensAt ?? '') - serverNow() : 0;
    const ahead = Math.max(0, place - status.nowServing);
    return Math.max(0, untilOpening / SECOND_MS) + (ahead * 60) / status.perMinute;
  }

  isServed() {
    const place = this.place();
    return (
      this.#status?.state === 'open' && place !== undefined && place <= this.#status.nowServing
    );
  }

  /** Whether a request to hold seats can succeed. */
  letsReserve() {
    if (!this.isOn() || this.hasPass()) return true;
    return this.#status?.state === 'open' && this.#status.queueAll === false && !this.#number;
  }

  /** Headers of a request to hold seats. @returns {Record<string, string>} */
  headers() {
    return this.hasPass() && this.#number?.pass ? { 'boxoffice-pass': this.#number.pass } : {};
  }

  /** Takes a queue number. A stored number is sent along, so that its place is kept. */
  async join() {
    if (this.#isBusy) return;
    await this.#request(async (signal) => {
      const body = this.#number ? { ticket: this.#number.ticket } : {};
      const options = { body, repeatable: true, signal };
      const { ticket, number } = await callAsCustomer('POST', `${this.path}/tickets`, options);
      this.#remember({ ticket, number });
    });
    await this.#poll();
  }

  /** Applies a rejection of a reservation. @param {string} code */
  refused(code) {
    if (code === 'pass-missing') void this.#poll();
    if (!this.#number || !/^pass-/.test(code)) return;
    // After an outage the number is still valid; otherwise the pass has used it up.
    const { ticket, number } = this.#number;
    this.#remember(code === 'pass-outdated' ? { ticket, number } : null);
    void this.#poll();
  }

  /** Ends the turn: the seats were bought or released, or the hold has ended. */
  leave() {
    if (this.#number?.pass) this.#remember(null);
  }

  stop() {
    this.#leaving.abort();
    clearTimeout(this.#timer);
  }

  /** @param {QueueNumber | null} number */
  #remember(number) {
    this.#number = number;
    keep(this.storageName, number);
  }

  /** @param {(signal: AbortSignal) => Promise<void>} send */
  async #request(send) {
    this.#isBusy = true;
    try {
      await send(this.#leaving.signal);
      this.#trouble = '';
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Trades the number for a pass. */
  async #trade() {
    const number = this.#number;
    if (!number || this.#isBusy || this.hasPass()) return;
    await this.#request(async (signal) => {
      const options = { body: { ticket: number.ticket }, repeatable: true, signal };
      const answer = await callAsCustomer('POST', `${this.path}/pass`, options);
      if (answer.httpStatus !== 200) return;
      this.#remember({ ...number, pass: answer.pass, passEndsAt: Date.parse(answer.expiresAt) });
    });
  }

  /** @param {unknown} error */
  #failed(error) {
    if (this.#leaving.signal.aborted) return;
    if (!(error instanceof Problem)) throw error;
    // An invalid number must not keep the buyer from taking a new one.
    if (/^number-/.test(error.code)) this.#remember(null);
    const { title, text } = explain(error);
    this.#trouble = error.code === 'number-spent' ? '' : `${title}. ${text}`;
  }

  async #poll() {
    clearTimeout(this.#timer);
    let next = RETRY_MS;
    try {
      this.#status = await call('GET', this.path, { signal: this.#leaving.signal });
      this.#forgetOldNumber();
      if (this.isServed()) await this.#trade();
      next = this.#untilNextPoll();
    } catch (error) {
      this.#failed(error);
    }
    if (this.#leaving.signal.aborted) return;
    this.changed();
    this.#timer = setTimeout(() => void this.#poll(), next);
  }

  /** The organizer may have set up the room again: numbers of the earlier queue are invalid. */
  #forgetOldNumber() {
    if (!this.isOn() || !this.#number) return;
    if (this.#number.number <= (this.#status?.startsAfter ?? 0)) this.#remember(null);
  }

  #untilNextPoll() {
    const usual = (this.#status?.refreshSeconds ?? 2) * SECOND_MS;
    if (!this.isOn() || this.hasPass()) return usual;
    if (this.isServed()) return SECOND_MS;
    const eta = this.etaSeconds();
    return eta !== null && eta < NEAR_SECONDS ? Math.min(usual, NEAR_POLL_MS) : usual;
  }
}
