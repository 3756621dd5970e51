import { fill, focusOn, h } from '../dom.js';
import { money, plural, timeLeft } from '../format.js';
import { isCanceled } from '../sale/event-rules.js';
import { serverNow } from '../server-clock.js';

/**
 * The chosen seats and the button that holds them.
 * @param {import('../sale/sale.js').Sale} sale
 * @param {(seat: number) => void} onShow brings a seat into view on the map
 */
export function basketView(sale, onShow) {
  const { chosen, clear, showSeats } = chosenSeats(sale, onShow);
  const total = h('strong', { class: 'basket__total' });
  const sum = h('p', { class: 'basket__sum' });
  const hold = h('button', {
    type: 'button',
    class: 'button button--wide',
    onclick: () => sale.holdBasket(),
  });
  const bar = h('div', { class: 'paybar' }, h('div', { class: 'paybar__sum' }, sum, total), hold);

  return {
    chosen,
    bar,
    /** @param {import('./event-parts.js').Sales} sales */
    update(sales) {
      const { basket, phase } = sale.state;
      const isEmpty = basket.length === 0;
      showSeats();
      sum.textContent = isEmpty ? 'No seats chosen yet' : plural(basket.length, 'seat');
      total.textContent = isEmpty ? '' : money(sale.totalOf(basket));
      hold.disabled = !sales.isOpen || isEmpty || phase !== 'choosing';
      clear.disabled = phase !== 'choosing';
      hold.classList.toggle('is-busy', phase === 'holding');
      hold.textContent = holdText(sale, sales);
    },
  };
}

/** @param {import('../sale/sale.js').Sale} sale @param {import('./event-parts.js').Sales} sales */
function holdText({ state, event }, { opensAt, isWaiting }) {
  const { basket, phase, busy } = state;
  if (phase === 'holding') return busy;
  if (isCanceled(event)) return 'This event is canceled';
  if (event.salesClosed) return 'Sales are closed';
  if (opensAt !== null) return `On sale in ${timeLeft(opensAt - serverNow())}`;
  if (isWaiting) return 'Wait for your turn';
  return basket.length > 0 ? `Hold ${plural(basket.length, 'seat')}` : 'Hold seats';
}

/** @param {import('../sale/sale.js').Sale} sale @param {(seat: number) => void} onShow */
function chosenSeats(sale, onShow) {
  const heading = h('h2', { class: 'panel__heading' }, 'Your seats');
  const list = h('ul', { class: 'plain basket__list' });
  const clear = h(
    'button',
    { type: 'button', class: 'link', onclick: () => sale.clear() },
    'Clear',
  );
  const chosen = h(
    'section',
    { class: 'basket', 'aria-label': 'Your seats' },
    h('div', { class: 'row' }, heading, clear),
    list,
  );
  let shown = '';

  /** @param {number} seat */
  function remove(seat) {
    const at = sale.state.basket.indexOf(seat);
    sale.toggle(seat);
    // The button that had the focus is gone: focus the next one.
    const buttons = list.querySelectorAll('.remove');
    focusOn(buttons[Math.min(at, list.childElementCount - 1)] ?? heading);
  }

  function showSeats() {
    const { basket } = sale.state;
    chosen.hidden = basket.length === 0;
    if (basket.join() === shown) return;
    shown = basket.join();
    fill(
      list,
      basket.map((seat) => seatItem(sale, seat, { onShow, onRemove: remove })),
    );
  }

  return { chosen, clear, showSeats };
}

/**
 * @param {import('../sale/sale.js').Sale} sale @param {number} seat
 * @param {{onShow: (seat: number) => void, onRemove: (seat: number) => void}} actions
 */
function seatItem(sale, seat, { onShow, onRemove }) {
  const { plan } = sale;
  const price = sale.priceOf(seat);
  const place = ` · ${plan.rowText(seat)} · ${plan.seatText(seat)}`;
  const name = h(
    'button',
    {
      type: 'button',
      class: 'basket__name',
      title: 'Show on the map',
      onclick: () => onShow(seat),
    },
    h('strong', null, plan.sections[plan.section[seat]].name),
    h('span', { class: 'muted' }, place),
  );
  const remove = h(
    'button',
    {
      type: 'button',
      class: 'remove',
      'aria-label': `Remove ${sale.nameOf(seat)}`,
      onclick: () => onRemove(seat),
    },
    '×',
  );
  return h(
    'li',
    { class: 'basket__seat' },
    name,
    h('span', { class: 'basket__price' }, price ? money(price) : ''),
    remove,
  );
}
