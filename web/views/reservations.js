import { callAsCustomer } from '../account.js';
import { call, eventPath, Problem } from '../api.js';
import { fill, h } from '../dom.js';
import { longDate, money, plural, timeLeft } from '../format.js';
import { explain } from '../problems.js';
import { localDeadline } from '../server-clock.js';
import { ticketsOf, ticketStub } from './tickets.js';

/** @type {Record<string, string>} */
const STATUS_TEXT = {
  held: 'Held',
  confirmed: 'Paid',
  expired: 'Hold ended',
  released: 'Given back',
  refunded: 'Refunded',
};

/** Everything this customer holds or has bought, newest first. */
export function reservationsView() {
  const list = h('div', { class: 'reservations', 'aria-busy': 'true' });
  const element = h('div', { class: 'page' }, h('h1', { class: 'page__title' }, 'My reservations'), list);
  const leaving = new AbortController();
  void load();

  async function load() {
    try {
      const answer = await callAsCustomer('GET', '/v1/me/reservations', {
        cache: 'no-store',
        signal: leaving.signal,
      });
      /** @type {any[]} */
      const reservations = answer.reservations;
      const events = await eventsOf(reservations.map(({ eventId }) => eventId));
      const entries = reservations.map((reservation) => entry(reservation, events.get(reservation.eventId)));
      fill(list, entries.length > 0 ? entries : nothing());
    } catch (error) {
      if (leaving.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      const { title, text } = explain(error);
      const again = h('button', { class: 'button', type: 'button', onclick: () => void load() }, 'Try again');
      fill(
        list,
        h('div', { class: 'empty', role: 'alert' }, h('h2', null, title), h('p', null, text), again),
      );
    } finally {
      list.removeAttribute('aria-busy');
    }
  }

  /** @param {string[]} ids @returns {Promise<Map<string, any>>} those that can still be found */
  async function eventsOf(ids) {
    const wanted = [...new Set(ids)];
    const found = await Promise.all(
      wanted.map((id) => call('GET', eventPath(id), { signal: leaving.signal }).catch(() => null)),
    );
    return new Map(wanted.map((id, index) => [id, found[index]]));
  }

  return { element, title: 'My reservations', destroy: () => leaving.abort() };
}

const nothing = () =>
  h(
    'div',
    { class: 'empty' },
    h('h2', null, 'Nothing here yet'),
    h('p', null, 'Seats that you hold or buy in this browser are listed here.'),
    h('a', { class: 'button', href: '/', 'data-route': true }, 'Find an event'),
  );

/** @param {import('../sale/reservations.js').Reservation} reservation @param {any} event */
function entry(reservation, event) {
  const over = reservation.status !== 'held' && reservation.status !== 'confirmed';
  const left = localDeadline(reservation) - Date.now();
  const about = event ?? { name: 'Event', startsAt: '', venue: null };
  return h(
    'article',
    { class: `reservation${over ? ' reservation--over' : ''}` },
    h(
      'header',
      { class: 'row' },
      h(
        'div',
        null,
        h(
          'h2',
          null,
          h(
            'a',
            { href: `/?event=${encodeURIComponent(reservation.eventId)}`, 'data-route': true },
            about.name,
          ),
        ),
        event ? h('p', { class: 'muted' }, longDate(event.startsAt, event.venue?.timeZone)) : null,
        event?.venue
          ? h('p', { class: 'muted' }, [event.venue.name, event.venue.city].filter(Boolean).join(', '))
          : null,
      ),
      h(
        'div',
        { class: 'reservation__state' },
        h(
          'span',
          { class: `badge badge--${reservation.status}` },
          STATUS_TEXT[reservation.status] ?? reservation.status,
        ),
        h('span', null, money(reservation.total)),
      ),
    ),
    reservation.status === 'confirmed' && reservation.tickets?.length
      ? h(
          'ul',
          { class: 'plain tickets' },
          ticketsOf(reservation, null).map((ticket) => ticketStub(about, ticket)),
        )
      : h(
          'p',
          { class: 'muted' },
          `${plural(reservation.seatIds.length, 'seat')}: ${reservation.seatIds.join(', ')}`,
        ),
    reservation.status === 'held'
      ? h(
          'a',
          { class: 'button', href: `/?event=${encodeURIComponent(reservation.eventId)}`, 'data-route': true },
          `Pay within ${timeLeft(left)}`,
        )
      : null,
  );
}
