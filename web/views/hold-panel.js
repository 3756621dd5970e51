import { fill, h } from '../dom.js';
import { money, plural } from '../format.js';
import { holdCountdown } from './hold-countdown.js';
import { paymentForm } from './payment-form.js';

/** The second click of a double click on "Hold" must not pay or release. */
const DOUBLE_CLICK_MS = 600;

/**
 * A hold: how long it lasts, its seats, and the payment.
 * @param {import('../sale/sale.js').Sale} sale
 */
export function holdPanel(sale) {
  const isTooSoon = () => Date.now() - shownAt < DOUBLE_CLICK_MS;
  const countdown = holdCountdown(sale);
  const form = paymentForm(sale, isTooSoon);
  const heading = h('h2', { tabindex: '-1', class: 'hold__title' });
  const list = h('ul', { class: 'plain hold__seats' });
  const total = h('strong');
  const release = h(
    'button',
    {
      class: 'button button--quiet button--small',
      type: 'button',
      title: 'Give the seats back',
      onclick: () => !isTooSoon() && sale.release(),
    },
    'Release',
  );
  const element = h(
    'section',
    { class: 'hold' },
    h(
      'div',
      { class: 'hold__clock' },
      countdown.ring,
      h('div', null, heading, h('p', { class: 'muted' }, 'Pay within ', countdown.clock)),
      release,
    ),
    list,
    h('p', { class: 'row hold__total' }, 'Total', total),
    form.element,
  );
  let shownId = '';
  let shownAt = 0;

  /** @param {import('../sale/reservations.js').Reservation} reservation */
  function showReservation({ reservationId, seatIds }) {
    if (shownId === reservationId) return;
    shownId = reservationId;
    shownAt = Date.now();
    countdown.restart();
    heading.textContent = `${plural(seatIds.length, 'seat')} held for you`;
    fill(
      list,
      seatIds.map((seatId) => seatLine(sale, seatId)),
    );
  }

  return {
    element,
    focus: () => heading.focus({ preventScroll: true }),
    update() {
      const { phase, reservation, busy } = sale.state;
      const isShown = reservation !== null && (phase === 'held' || phase === 'paying');
      element.hidden = !isShown;
      if (!isShown) return countdown.stop();
      showReservation(reservation);
      total.textContent = money(reservation.total);
      release.disabled = phase === 'paying' || busy !== '';
      form.update(reservation);
      countdown.run((isUrgent) => element.classList.toggle('is-urgent', isUrgent));
    },
    destroy: countdown.stop,
  };
}

/** @param {import('../sale/sale.js').Sale} sale @param {string} seatId */
function seatLine(sale, seatId) {
  const seat = sale.plan.indexOf.get(seatId);
  if (seat === undefined) return h('li', null, seatId);
  const price = sale.priceOf(seat);
  return h('li', { class: 'row' }, sale.nameOf(seat), h('span', null, price ? money(price) : ''));
}
