import { callAsCustomer } from '../account.js';
import { call, eventPath, Problem } from '../api.js';
import { explain } from '../problems.js';
import { serverNow } from '../server-clock.js';
import { keep, recall } from '../storage.js';
import { shuffledPlace } from './shuffle.js';

/**
 * @typedef {{
 *   state: 'off' | 'countdown' | 'open' | 'paused' | 'ended', opensAt: string | null, startsAfter: number, nowServing: number, perMinute: number,
 *   waiting: number, refreshSeconds: number, queueAll: boolean,
 *   shuffle: {commitment: string, early: number | null, seed: string | null} | null,
 * }} RoomStatus the same for everyone
 * @typedef {{ticket: string, number: number, pass?: string, passEndsAt?: number}} Mine what this browser keeps over a reload
 * @typedef {ReturnType<typeof createWaitingRoom>} WaitingRoom
 */

/** @param {import('../problems.js').Explanation} explanation */
const sentence = ({ title, text }) => `${title}. ${text}`;

const SECOND_MS = 1_000;
/** Whoever is this near looks as often as the room lets anybody. Seconds. */
const NEAR_SECONDS = 60;
const NEAR_LOOK_MS = 2_000;
/** After a failure. */
const LATER_MS = 5_000;

/**
 * The row in front of an event, from this browser's place in it: looked at from time to time, and when the own number is served, traded
 * for the pass without being asked.
 * @param {string} eventId @param {() => void} changed
 */
export function createWaitingRoom(eventId, changed) {
  const path = `${eventPath(eventId)}/waiting-room`;
  const name = `waiting-room.${eventId}`;
  /** @type {RoomStatus | null} */
  let status = null;
  /** @type {Mine | null} */
  let mine = recall(name);
  let trouble = '';
  let busy = false;
  const leaving = new AbortController();
  let timer = 0;

  const isOn = () => status !== null && ['countdown', 'open', 'paused'].includes(status.state);
  const hasPass = () => Boolean(mine?.pass && (mine.passEndsAt ?? 0) > serverNow());

  /** @param {Mine | null} now */
  function remember(now) {
    mine = now;
    keep(name, now);
  }

  /** Undefined without a number, or before the early ones are shuffled. */
  function place() {
    if (!mine || !status) return undefined;
    const { shuffle, startsAfter } = status;
    if (!shuffle) return mine.number;
    return shuffle.seed && shuffle.early !== null
      ? startsAfter +
          shuffledPlace(mine.number - startsAfter, shuffle.early - startsAfter, shuffle.seed)
      : undefined;
  }

  /** Seconds until it is this browser's turn, as far as anybody can tell; null while nobody can. */
  function etaSeconds() {
    const at = place();
    if (!status || at === undefined || status.state === 'paused' || status.perMinute === 0)
      return null;
    const opening =
      status.state === 'countdown' ? Date.parse(status.opensAt ?? '') - serverNow() : 0;
    return (
      Math.max(0, opening / SECOND_MS) +
      (Math.max(0, at - status.nowServing) * 60) / status.perMinute
    );
  }

  const isServed = () => {
    const at = place();
    return status?.state === 'open' && at !== undefined && at <= status.nowServing;
  };

  async function trade() {
    if (!mine || busy || hasPass()) return;
    busy = true;
    try {
      const answer = await callAsCustomer('POST', `${path}/pass`, {
        body: { ticket: mine.ticket },
        repeatable: true,
        signal: leaving.signal,
      });
      if (answer.httpStatus === 200) {
        remember({ ...mine, pass: answer.pass, passEndsAt: Date.parse(answer.expiresAt) });
      }
      trouble = '';
    } catch (error) {
      failed(error);
    } finally {
      busy = false;
    }
  }

  /** @param {unknown} error */
  function failed(error) {
    if (leaving.signal.aborted) return;
    if (!(error instanceof Problem)) throw error;
    // A number that is of no use any more is no reason to keep anybody out of the row.
    if (/^number-/.test(error.code)) remember(null);
    trouble = error.code === 'number-spent' ? '' : sentence(explain(error));
  }

  async function look() {
    clearTimeout(timer);
    let next = LATER_MS;
    try {
      status = await call('GET', path, { signal: leaving.signal });
      // Of a row that is over: the room was set up anew.
      if (isOn() && mine && mine.number <= (status?.startsAfter ?? 0)) remember(null);
      if (isServed()) await trade();
      next = untilNextLook();
    } catch (error) {
      failed(error);
    }
    if (leaving.signal.aborted) return;
    changed();
    timer = setTimeout(() => void look(), next);
  }

  function untilNextLook() {
    const usual = (status?.refreshSeconds ?? 2) * SECOND_MS;
    if (!isOn() || hasPass()) return usual;
    if (isServed()) return SECOND_MS;
    const eta = etaSeconds();
    return eta !== null && eta < NEAR_SECONDS ? Math.min(usual, NEAR_LOOK_MS) : usual;
  }

  void look();
  return {
    isOn,
    hasPass,
    place,
    etaSeconds,
    isServed,
    status: () => status,
    mine: () => mine,
    trouble: () => trouble,
    /** Whether holding seats is worth a try. */
    letsReserve: () =>
      !isOn() || hasPass() || (status?.state === 'open' && status.queueAll === false && !mine),
    /** Headers of a reservation. @returns {Record<string, string>} */
    headers: () => (hasPass() && mine?.pass ? { 'boxoffice-pass': mine.pass } : {}),
    /** Takes a number; one that is kept is shown, so that the place stays whatever was lost elsewhere. */
    async join() {
      if (busy) return;
      busy = true;
      try {
        const body = mine ? { ticket: mine.ticket } : {};
        const options = { body, repeatable: true, signal: leaving.signal };
        const { ticket, number } = await callAsCustomer('POST', `${path}/tickets`, options);
        remember({ ticket, number });
        trouble = '';
      } catch (error) {
        failed(error);
      } finally {
        busy = false;
      }
      await look();
    },
    /** A reservation was refused for its pass. @param {string} code */
    refused(code) {
      if (code === 'pass-missing') void look();
      if (!mine || !/^pass-/.test(code)) return;
      // After an outage the number still counts; otherwise it has had its turn.
      remember(code === 'pass-outdated' ? { ticket: mine.ticket, number: mine.number } : null);
      void look();
    },
    /** The turn is over: bought, given back, or out of time. */
    leave() {
      if (mine?.pass) remember(null);
    },
    stop() {
      leaving.abort();
      clearTimeout(timer);
    },
  };
}
