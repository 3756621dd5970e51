import { announce, fill, h, svg } from '../dom.js';
import { money, plural, spokenTimeLeft, timeLeft } from '../format.js';

/** What the sandbox gateway understands; a real shop has its card form here. */
const SANDBOX_CARDS = [
  { token: 'tok_success', name: 'Card that pays', text: 'Approved at once' },
  {
    token: 'tok_declined',
    name: 'Card that is declined',
    text: 'The bank says no; your seats stay held',
  },
];
const TICK_MS = 250;
const URGENT_MS = 60_000;
/** Left time is spoken when it passes these, not every second. */
const SPOKEN_MS = [300_000, 120_000, 60_000, 30_000, 10_000];
/** At zero the log is asked whether the hold has really ended, this often. */
const ASK_AGAIN_MS = 1500;
const DOUBLE_CLICK_MS = 600;
const RING = 2 * Math.PI * 20;

/**
 * A hold: how long it lasts, what it holds, and paying for it.
 * @param {import('../sale/sale.js').Sale} sale
 */
export function holdPanel(sale) {
  const clock = h('span', { class: 'hold__time', role: 'timer', 'aria-live': 'off' });
  const ring = svg('circle', {
    cx: 24,
    cy: 24,
    r: 20,
    class: 'ring__left',
    'stroke-dasharray': RING,
  });
  const picture = svg(
    'svg',
    { viewBox: '0 0 48 48', width: 48, height: 48, class: 'ring', 'aria-hidden': 'true' },
    svg('circle', { cx: 24, cy: 24, r: 20, class: 'ring__all' }),
    ring,
  );
  const heading = h('h2', { tabindex: '-1', class: 'hold__title' });
  const list = h('ul', { class: 'plain hold__seats' });
  const total = h('strong');
  const pay = h('button', { class: 'button button--wide', type: 'submit' });
  const release = h(
    'button',
    { class: 'button button--quiet button--small', type: 'button' },
    'Release',
  );
  release.title = 'Give the seats back';
  const cards = SANDBOX_CARDS.map(({ token, name, text }, index) =>
    h(
      'label',
      { class: 'card-choice' },
      h('input', { type: 'radio', name: 'token', value: token, checked: index === 0 }),
      h(
        'span',
        { class: 'card-choice__text' },
        h('span', null, name),
        h('span', { class: 'muted' }, text),
      ),
      h('code', null, token),
    ),
  );
  const email = h('input', {
    ...{ id: 'email', type: 'email', name: 'email', autocomplete: 'email', maxlength: 254 },
    value: sale.reservations.knownEmail(),
  });
  const contact = h(
    'div',
    { class: 'field' },
    h('label', { for: 'email' }, 'Email'),
    email,
    h(
      'p',
      { class: 'muted small' },
      'Your tickets are sent here. They are also on this page after you pay.',
    ),
  );
  const form = h(
    'form',
    { class: 'payment', onsubmit: submit },
    contact,
    h(
      'fieldset',
      { class: 'payment__cards' },
      h('legend', null, 'Payment'),
      h(
        'p',
        { class: 'muted small' },
        'This box office runs on a payment sandbox: no money moves. Choose how the pretend card behaves.',
      ),
      cards,
    ),
    pay,
  );
  const element = h(
    'section',
    { class: 'hold' },
    h(
      'div',
      { class: 'hold__clock' },
      picture,
      h('div', null, heading, h('p', { class: 'muted' }, 'Pay within ', clock)),
      release,
    ),
    list,
    h('p', { class: 'row hold__total' }, 'Total', total),
    form,
  );
  release.addEventListener('click', () => !isTooSoon() && sale.release());

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    if (isTooSoon()) return;
    const chosen = form.querySelector('input[name=token]:checked');
    const token = isFree() ? undefined : (chosen?.value ?? SANDBOX_CARDS[0].token);
    const address = email.value.trim();
    sale.reservations.rememberEmail(address);
    void sale.pay({ token, email: address || undefined });
  }

  const isFree = () => sale.state.reservation?.total.amountMinor === 0;
  let timer = 0;
  let spokenAt = Infinity;
  let askedAt = 0;
  let wholeMs = 1;
  let shownId = '';
  let shownAt = 0;

  /** The second click of a double click on "Hold" was not meant for what now stands there. */
  const isTooSoon = () => Date.now() - shownAt < DOUBLE_CLICK_MS;

  function tick() {
    const left = sale.state.deadline - Date.now();
    clock.textContent = left > 0 ? timeLeft(left) : 'a moment';
    wholeMs = Math.max(wholeMs, left);
    ring.setAttribute('stroke-dashoffset', String(RING * (1 - Math.max(0, left) / wholeMs)));
    element.classList.toggle('is-urgent', left < URGENT_MS);
    const passed = SPOKEN_MS.findLast((mark) => left <= mark && left > 0);
    if (passed !== undefined && passed < spokenAt) {
      if (spokenAt !== Infinity) announce(`${spokenTimeLeft(left)} left to pay.`);
      spokenAt = passed;
    } else if (spokenAt === Infinity)
      spokenAt = SPOKEN_MS.find((mark) => left > mark) ? left : Infinity;
    if (left <= 0 && Date.now() - askedAt > ASK_AGAIN_MS) {
      askedAt = Date.now();
      void sale.checkExpiry();
    }
  }

  return {
    element,
    focus: () => heading.focus({ preventScroll: true }),
    update() {
      const { phase, reservation, busy } = sale.state;
      const active = phase === 'held' || phase === 'paying';
      element.hidden = !active;
      if (!active || !reservation) {
        clearInterval(timer);
        timer = 0;
        return;
      }
      if (shownId !== reservation.reservationId) {
        shownId = reservation.reservationId;
        shownAt = Date.now();
        spokenAt = Infinity;
        wholeMs = sale.event.holdSeconds * 1000;
        heading.textContent = `${plural(reservation.seatIds.length, 'seat')} held for you`;
        fill(list, reservation.seatIds.map(seatLine));
      }
      total.textContent = money(reservation.total);
      pay.disabled = phase === 'paying' || busy !== '';
      pay.classList.toggle('is-busy', phase === 'paying');
      form.querySelector('.payment__cards').hidden = isFree();
      const offer = isFree() ? 'Get the tickets' : `Pay ${money(reservation.total)}`;
      pay.textContent = phase === 'paying' ? busy : offer;
      release.disabled = phase === 'paying' || busy !== '';
      timer ||= setInterval(tick, TICK_MS);
      tick();
    },
    destroy: () => clearInterval(timer),
  };

  /** @param {string} seatId */
  function seatLine(seatId) {
    const seat = sale.plan.indexOf.get(seatId);
    if (seat === undefined) return h('li', null, seatId);
    const price = sale.priceOf(seat);
    return h('li', { class: 'row' }, sale.nameOf(seat), h('span', null, price ? money(price) : ''));
  }
}
