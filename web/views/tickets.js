import { Problem } from '../api.js';
import { fill, h } from '../dom.js';
import { longDate, money, plural } from '../format.js';
import { explain } from '../problems.js';
import { saveCalendar, savePdf, ticketQr } from '../sale/documents.js';
import { labelOf } from '../seat-map/plan.js';

/** Codes drawn per reservation, more than the seat limit of most events. The PDF has all codes. */
const MAX_CODES = 100;

/**
 * One ticket with the code for the entry check.
 * @param {any} event @param {import('../sale/reservations.js').Ticket} ticket
 */
export function ticketStub(event, ticket) {
  const part = (/** @type {string} */ name, /** @type {string} */ value) =>
    h('div', null, h('dt', null, name), h('dd', null, value));
  const code = h('div', { class: 'ticket__code', 'data-ticket': ticket.ticketId });
  return h(
    'li',
    { class: 'ticket' },
    code,
    h(
      'div',
      { class: 'ticket__what' },
      h('strong', null, event.name),
      h('span', { class: 'muted' }, longDate(event.startsAt, event.timeZone)),
      h(
        'span',
        { class: 'muted' },
        [event.venue?.name, event.venue?.city].filter(Boolean).join(', '),
      ),
    ),
    h(
      'dl',
      { class: 'ticket__seat' },
      part('Section', ticket.section),
      part('Row', ticket.rowLabel ?? ticket.row),
      part('Seat', ticket.seatLabel ?? ticket.number),
    ),
    h(
      'p',
      { class: 'ticket__foot muted' },
      h('span', null, ticket.category),
      h('span', { class: 'ticket__id' }, ticket.ticketId),
    ),
  );
}

/** @typedef {import('../sale/reservations.js').Ticket} Ticket */

/**
 * Tickets of a confirmed reservation, in the order of the plan. Without tickets in the answer the
 * plan describes the seats.
 * @param {import('../sale/reservations.js').Reservation} reservation
 * @param {import('../seat-map/plan.js').PlanDocument | null} plan
 * @returns {import('../sale/reservations.js').Ticket[]}
 */
export function ticketsOf(reservation, plan) {
  const positions = new Map(plan?.seats.id.map((id, index) => [id, index]));
  const position = (/** @type {string} */ id) => positions.get(id) ?? Infinity;
  const inPlanOrder = (/** @type {Ticket} */ a, /** @type {Ticket} */ b) =>
    position(a.seatId) - position(b.seatId) || 0;
  const tickets = reservation.tickets?.length ? reservation.tickets : seatsOf(reservation, plan);
  return [...tickets].sort(inPlanOrder);
}

/**
 * @param {import('../sale/reservations.js').Reservation} reservation
 * @param {import('../seat-map/plan.js').PlanDocument | null} plan
 * @returns {Ticket[]}
 */
function seatsOf(reservation, plan) {
  return reservation.seatIds.map((seatId) => {
    const seat = plan?.seats.id.indexOf(seatId) ?? -1;
    if (!plan || seat === -1)
      return { ticketId: '', seatId, section: '', row: '', number: seatId, category: '' };
    return {
      ticketId: '',
      seatId,
      section: plan.sections[plan.seats.section[seat]],
      row: plan.rows[plan.seats.row[seat]],
      number: plan.seats.number[seat],
      rowLabel: labelOf(plan.rowLabels, plan.seats.row[seat], plan.rows[plan.seats.row[seat]]),
      seatLabel: labelOf(plan.seatLabels, plan.seats.row[seat], plan.seats.number[seat]),
      category: plan.categories[plan.seats.category[seat]].name,
    };
  });
}

/**
 * Draws the codes of tickets into their stubs, each once.
 * @param {HTMLElement} list @param {string} eventId @param {number} [atLeast] minimum revision of
 * the answer
 */
export async function drawCodes(list, eventId, atLeast) {
  const places = [...list.querySelectorAll('.ticket__code[data-ticket]')].slice(0, MAX_CODES);
  for (const place of places) {
    const ticketId = place.getAttribute('data-ticket') ?? '';
    if (ticketId === '' || place.childElementCount > 0) continue;
    try {
      const src = await ticketQr(eventId, ticketId, atLeast);
      fill(place, h('img', { src, alt: 'Ticket code for the entrance', width: 240, height: 240 }));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const again = h('button', { class: 'link', type: 'button' }, 'Show the code');
      again.addEventListener('click', () => {
        fill(place);
        void drawCodes(list, eventId, atLeast);
      });
      fill(place, again);
      return;
    }
  }
}

/**
 * Buttons that save and print the tickets of a reservation.
 * @param {() => import('../sale/reservations.js').Reservation | null} reservationOf
 */
export function ticketActions(reservationOf) {
  const trouble = h('p', { class: 'muted small', role: 'alert', hidden: true });
  const action = (/** @type {string} */ text, /** @type {() => Promise<void>} */ act) => {
    const button = h(
      'button',
      { class: 'button button--quiet button--small', type: 'button' },
      text,
    );
    button.addEventListener('click', async () => {
      button.disabled = true;
      trouble.hidden = true;
      try {
        await act();
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const { title, text: cause } = explain(error);
        fill(trouble, `${title}. ${cause}`);
        trouble.hidden = false;
      } finally {
        button.disabled = false;
      }
    });
    return button;
  };
  return h(
    'div',
    { class: 'ticket-actions' },
    action('Download PDF', async () => {
      const reservation = reservationOf();
      if (reservation) await savePdf(reservation);
    }),
    action('Add to calendar', saveCalendar),
    trouble,
  );
}

/** The tickets at the end of a purchase. @param {import('../sale/sale.js').Sale} sale */
export function confirmationPanel(sale) {
  const heading = h('h2', { tabindex: '-1', class: 'confirmation__title' });
  const summary = h('p', { class: 'muted' });
  const list = h('ul', { class: 'plain tickets' });
  const element = h(
    'section',
    { class: 'confirmation' },
    h(
      'div',
      { class: 'confirmation__head' },
      h('span', { class: 'check', 'aria-hidden': 'true' }, '✓'),
      h('div', null, heading, summary),
    ),
    list,
    ticketActions(() => sale.state.reservation),
    h(
      'div',
      { class: 'confirmation__next' },
      h('button', { class: 'button', type: 'button', onclick: print }, 'Print'),
      h(
        'a',
        { class: 'button button--quiet', href: '/?view=reservations', 'data-route': true },
        'My reservations',
      ),
      h(
        'button',
        { class: 'button button--quiet', type: 'button', onclick: () => sale.buyMore() },
        'Buy more seats',
      ),
    ),
  );
  let shown = '';
  /** @type {Promise<void>} */
  let drawn = Promise.resolve();

  /** A printed ticket needs its code: the codes are drawn first. */
  async function print() {
    await drawn;
    window.print();
  }

  return {
    element,
    focus: () => heading.focus({ preventScroll: true }),
    update() {
      const { phase, reservation } = sale.state;
      element.hidden = phase !== 'confirmed';
      if (!reservation || phase !== 'confirmed' || shown === reservation.reservationId) return;
      shown = reservation.reservationId;
      heading.textContent = 'Enjoy the show';
      const tickets = plural(reservation.seatIds.length, 'ticket');
      summary.textContent = `${tickets}, ${money(reservation.total)} paid.`;
      fill(
        list,
        ticketsOf(reservation, sale.layout).map((ticket) => ticketStub(sale.event, ticket)),
      );
      drawn = drawCodes(list, sale.event.eventId, reservation.revision);
    },
  };
}
