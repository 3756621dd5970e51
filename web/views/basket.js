import { fill, focusOn, h } from '../dom.js';
import { money, plural, timeLeft } from '../format.js';
import { serverNow } from '../server-clock.js';

/**
 * The chosen seats and the way to hold them.
 * @param {import('../sale/sale.js').Sale} sale
 * @param {(seat: number) => void} onShow brings a seat into view on the map
 */
export function basketView(sale, onShow) {
  const heading = h('h2', { class: 'panel__heading' });
  const list = h('ul', { class: 'plain basket__list' });
  const clear = h(
    'button',
    { type: 'button', class: 'link', onclick: () => sale.clear() },
    'Clear',
  );
  const total = h('strong', { class: 'basket__total' });
  const sum = h('p', { class: 'basket__sum' });
  const hold = h('button', {
    type: 'button',
    class: 'button button--wide',
    onclick: () => sale.holdBasket(),
  });
  const chosen = h(
    'section',
    { class: 'basket', 'aria-label': 'Your seats' },
    h('div', { class: 'row' }, heading, clear),
    list,
  );
  const bar = h('div', { class: 'paybar' }, h('div', { class: 'paybar__sum' }, sum, total), hold);
  let shownBasket = '';

  /** @param {number} seat */
  function item(seat) {
    const { plan } = sale;
    const price = sale.priceOf(seat);
    const remove = h(
      'button',
      { type: 'button', class: 'remove', 'aria-label': `Remove ${sale.nameOf(seat)}` },
      '×',
    );
    remove.addEventListener('click', () => {
      const at = sale.state.basket.indexOf(seat);
      sale.toggle(seat);
      // The focus must not fall off the page with the button that had it.
      focusOn(
        list.querySelectorAll('.remove')[Math.min(at, list.childElementCount - 1)] ?? heading,
      );
    });
    return h(
      'li',
      { class: 'basket__seat' },
      h(
        'button',
        {
          type: 'button',
          class: 'basket__name',
          title: 'Show on the map',
          onclick: () => onShow(seat),
        },
        h('strong', null, plan.sections[plan.section[seat]].name),
        h('span', { class: 'muted' }, ` · ${plan.rowText(seat)} · ${plan.seatText(seat)}`),
      ),
      h('span', { class: 'basket__price' }, price ? money(price) : ''),
      remove,
    );
  }

  return {
    chosen,
    bar,
    /** @param {{open: boolean, opensAt: number | null, waiting: boolean}} sales `opensAt`: milliseconds since the epoch, if later */
    update({ open, opensAt, waiting }) {
      const { basket, phase, busy } = sale.state;
      chosen.hidden = basket.length === 0;
      heading.textContent = 'Your seats';
      if (basket.join() !== shownBasket) {
        shownBasket = basket.join();
        fill(list, basket.map(item));
      }
      sum.textContent = basket.length === 0 ? 'No seats chosen yet' : plural(basket.length, 'seat');
      total.textContent = basket.length === 0 ? '' : money(sale.totalOf(basket));
      hold.disabled = !open || basket.length === 0 || phase !== 'choosing';
      clear.disabled = phase !== 'choosing';
      hold.classList.toggle('is-busy', phase === 'holding');
      if (phase === 'holding') hold.textContent = busy;
      else if (sale.event.status === 'cancelled') hold.textContent = 'This event is canceled';
      else if (sale.event.salesClosed) hold.textContent = 'Sales are closed';
      else if (opensAt) hold.textContent = `On sale in ${timeLeft(opensAt - serverNow())}`;
      else if (waiting) hold.textContent = 'Wait for your turn';
      else
        hold.textContent =
          basket.length > 0 ? `Hold ${plural(basket.length, 'seat')}` : 'Hold seats';
    },
  };
}
