import { fill, h } from '../dom.js';
import { explain } from '../problems.js';
import { Problem } from '../api.js';
import { readOwnReservations } from '../sale/own-reservations.js';
import { serverNow } from '../server-clock.js';
import { reservationEntry } from './reservation-entry.js';
import { drawCodes } from './tickets.js';

/** All reservations of this customer, newest first. */
export function reservationsView() {
  const list = h('div', { class: 'reservations', 'aria-busy': 'true' });
  const title = h('h1', { class: 'page__title' }, 'My reservations');
  const element = h('div', { class: 'page' }, title, list);
  const leaving = new AbortController();
  void load();

  async function load() {
    try {
      const owned = await readOwnReservations(leaving.signal);
      fill(list, owned.length > 0 ? owned.map(reservationEntry) : nothing());
      await drawAll(owned);
    } catch (error) {
      if (leaving.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      fill(list, problemMessage(error));
    } finally {
      list.removeAttribute('aria-busy');
    }
  }

  /** @param {Problem} problem */
  function problemMessage(problem) {
    const { title, text } = explain(problem);
    const again = h(
      'button',
      { class: 'button', type: 'button', onclick: () => void load() },
      'Try again',
    );
    return h(
      'div',
      { class: 'empty', role: 'alert' },
      h('h2', null, title),
      h('p', null, text),
      again,
    );
  }

  /**
   * Draws the ticket codes, one reservation after another. Tickets of past events admit nobody.
   * @param {import('../sale/own-reservations.js').OwnReservation[]} owned
   */
  async function drawAll(owned) {
    for (const { reservation, event } of owned) {
      const { eventId, reservationId } = reservation;
      const stubs = list.querySelector(`[data-reservation="${window.CSS.escape(reservationId)}"]`);
      if (!stubs || !event || isPast(event)) continue;
      if (leaving.signal.aborted) return;
      await drawCodes(stubs, eventId);
    }
  }

  return { element, title: 'My reservations', destroy: () => leaving.abort() };
}

/** Codes of an event that began longer ago are not drawn. */
const PAST_AFTER_MS = 86_400_000;

/** @param {any} event */
const isPast = (event) => Date.parse(event.startsAt) < serverNow() - PAST_AFTER_MS;

const nothing = () =>
  h(
    'div',
    { class: 'empty' },
    h('h2', null, 'Nothing here yet'),
    h('p', null, 'Seats that you hold or buy in this browser are listed here.'),
    h('a', { class: 'button', href: '/', 'data-route': true }, 'Find an event'),
  );
