import { callAsCustomer } from '../account.js';
import { call, eventPath, Problem, query } from '../api.js';
import { fill, h } from '../dom.js';
import { longDate, money, plural, timeLeft } from '../format.js';
import { explain } from '../problems.js';
import { localDeadline, serverNow } from '../server-clock.js';
import { drawCodes, ticketActions, ticketsOf, ticketStub } from './tickets.js';

/** Codes of an event that began longer ago are not drawn. */
const OVER_AFTER_MS = 86_400_000;

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
  const element = h(
    'div',
    { class: 'page' },
    h('h1', { class: 'page__title' }, 'My reservations'),
    list,
  );
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
      const [plans, tickets] = await Promise.all([
        plansOf(reservations.filter(isStanding), events),
        ticketsByReservation(),
      ]);
      for (const reservation of reservations)
        reservation.tickets = tickets.get(reservation.reservationId) ?? [];
      const entries = reservations.map((reservation) => {
        const event = events.get(reservation.eventId);
        return entry(reservation, event, plans.get(event?.seatingPlanHash) ?? null);
      });
      fill(list, entries.length > 0 ? entries : nothing());
      await drawAll(reservations, events);
    } catch (error) {
      if (leaving.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      const { title, text } = explain(error);
      const again = h(
        'button',
        { class: 'button', type: 'button', onclick: () => void load() },
        'Try again',
      );
      fill(
        list,
        h(
          'div',
          { class: 'empty', role: 'alert' },
          h('h2', null, title),
          h('p', null, text),
          again,
        ),
      );
    } finally {
      list.removeAttribute('aria-busy');
    }
  }

  /** One reservation after another, those of events to come: what is over admits nobody.
   * @param {any[]} reservations @param {Map<string, any>} events */
  async function drawAll(reservations, events) {
    for (const { eventId, reservationId } of reservations) {
      const event = events.get(eventId);
      const stubs = list.querySelector(`[data-reservation="${window.CSS.escape(reservationId)}"]`);
      if (!stubs || !event || Date.parse(event.startsAt) < serverNow() - OVER_AFTER_MS) continue;
      if (leaving.signal.aborted) return;
      await drawCodes(stubs, eventId);
    }
  }

  /** Valid tickets, by reservation. @returns {Promise<Map<string, import('../sale/reservations.js').Ticket[]>>} */
  async function ticketsByReservation() {
    /** @type {Map<string, import('../sale/reservations.js').Ticket[]>} */
    const all = new Map();
    let cursor = '';
    do {
      const path = `/v1/me/tickets${query({ limit: 100, cursor })}`;
      const answer = await callAsCustomer('GET', path, {
        cache: 'no-store',
        signal: leaving.signal,
      });
      for (const ticket of answer.tickets) {
        if (ticket.status !== 'valid') continue;
        all.set(ticket.reservationId, [...(all.get(ticket.reservationId) ?? []), ticket]);
      }
      cursor = answer.next ?? '';
    } while (cursor !== '');
    return all;
  }

  /** @param {string[]} ids @returns {Promise<Map<string, any>>} those that can still be found */
  async function eventsOf(ids) {
    const wanted = [...new Set(ids)];
    const found = await Promise.all(
      wanted.map((id) => call('GET', eventPath(id), { signal: leaving.signal }).catch(() => null)),
    );
    return new Map(wanted.map((id, index) => [id, found[index]]));
  }

  /**
   * The plans that name the seats of these; the browser has them from when the seats were chosen.
   * @param {any[]} reservations @param {Map<string, any>} events
   */
  async function plansOf(reservations, events) {
    /** @type {Map<string, string>} one event for each plan */
    const hashes = new Map();
    for (const { eventId } of reservations) {
      const hash = events.get(eventId)?.seatingPlanHash;
      if (hash) hashes.set(hash, eventId);
    }
    const found = await Promise.all(
      [...hashes].map(([v, eventId]) =>
        call('GET', `${eventPath(eventId)}/seating-plan${query({ v })}`, {
          signal: leaving.signal,
        }).catch(() => null),
      ),
    );
    return new Map([...hashes.keys()].map((hash, index) => [hash, found[index]]));
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

/** @param {import('../sale/reservations.js').Reservation} reservation */
const isStanding = ({ status }) => status === 'held' || status === 'confirmed';

/**
 * @param {import('../sale/reservations.js').Reservation} reservation @param {any} event
 * @param {import('../seat-map/plan.js').PlanDocument | null} plan
 */
function entry(reservation, event, plan) {
  const over = !isStanding(reservation);
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
        event ? h('p', { class: 'muted' }, longDate(event.startsAt, event.timeZone)) : null,
        event?.venue
          ? h(
              'p',
              { class: 'muted' },
              [event.venue.name, event.venue.city].filter(Boolean).join(', '),
            )
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
    reservation.status === 'confirmed'
      ? [
          h(
            'ul',
            { class: 'plain tickets', 'data-reservation': reservation.reservationId },
            ticketsOf(reservation, plan).map((ticket) => ticketStub(about, ticket)),
          ),
          ticketActions(() => reservation),
        ]
      : h(
          'p',
          { class: 'muted' },
          plural(reservation.seatIds.length, 'seat'),
          isStanding(reservation) && seatList(reservation, plan),
        ),
    reservation.status === 'held'
      ? h(
          'a',
          {
            class: 'button',
            href: `/?event=${encodeURIComponent(reservation.eventId)}`,
            'data-route': true,
          },
          `Pay within ${timeLeft(left)}`,
        )
      : null,
  );
}

/**
 * @param {import('../sale/reservations.js').Reservation} reservation
 * @param {import('../seat-map/plan.js').PlanDocument | null} plan
 */
const seatList = (reservation, plan) =>
  `: ${ticketsOf(reservation, plan)
    .map(({ section, row, number, rowLabel, seatLabel }) =>
      section
        ? [section, rowLabel ?? `row ${row}`, seatLabel ?? `seat ${number}`].join(', ')
        : number,
    )
    .join('; ')}`;
