import { fill, h } from '../dom.js';
import { longDate, money, plural } from '../format.js';

/**
 * One ticket as a stub.
 * @param {any} event @param {import('../sale/reservations.js').Ticket} ticket
 */
export function ticketStub(event, ticket) {
  const part = (/** @type {string} */ name, /** @type {string} */ value) =>
    h('div', null, h('dt', null, name), h('dd', null, value));
  return h(
    'li',
    { class: 'ticket' },
    h(
      'div',
      { class: 'ticket__what' },
      h('strong', null, event.name),
      h('span', { class: 'muted' }, longDate(event.startsAt, event.timeZone)),
      h('span', { class: 'muted' }, [event.venue?.name, event.venue?.city].filter(Boolean).join(', ')),
    ),
    h(
      'dl',
      { class: 'ticket__seat' },
      part('Section', ticket.section),
      part('Row', ticket.row),
      part('Seat', ticket.number),
    ),
    h(
      'p',
      { class: 'ticket__foot muted' },
      h('span', null, ticket.category),
      h('span', { class: 'ticket__id' }, ticket.ticketId),
    ),
  );
}

/**
 * Tickets of a confirmed reservation; where the answer names none, their seats are looked up in the plan.
 * @param {import('../sale/reservations.js').Reservation} reservation
 * @param {import('../seat-map/plan.js').PlanDocument | null} plan
 * @returns {import('../sale/reservations.js').Ticket[]}
 */
export function ticketsOf(reservation, plan) {
  if (reservation.tickets?.length) return reservation.tickets;
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
      category: plan.categories[plan.seats.category[seat]].name,
    };
  });
}

/** The end of a purchase. @param {import('../sale/sale.js').Sale} sale */
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
    h(
      'div',
      { class: 'confirmation__next' },
      h('button', { class: 'button', type: 'button', onclick: () => window.print() }, 'Print'),
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
  return {
    element,
    focus: () => heading.focus({ preventScroll: true }),
    update() {
      const { phase, reservation } = sale.state;
      element.hidden = phase !== 'confirmed';
      if (!reservation || phase !== 'confirmed' || shown === reservation.reservationId) return;
      shown = reservation.reservationId;
      heading.textContent = 'Enjoy the show';
      summary.textContent = `${plural(reservation.seatIds.length, 'ticket')}, ${money(reservation.total)} paid.`;
      fill(
        list,
        ticketsOf(reservation, sale.layout).map((ticket) => ticketStub(sale.event, ticket)),
      );
    },
  };
}
