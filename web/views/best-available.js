import { h } from '../dom.js';
import { count, money } from '../format.js';
import { AVAILABLE } from '../sale/seat-status.js';
import { categoriesWithSeats } from '../seat-map/plan.js';

/**
 * "Just give me good seats": the box office picks and holds them in one step, so nobody can be faster.
 * @param {import('../sale/sale.js').Sale} sale
 */
export function bestAvailableView(sale) {
  const { plan, seats } = sale;
  /** What the visitor wants; what is shown and asked for may be less, as far as the limit goes. */
  let wanted = 2;
  const quantity = () => Math.max(1, Math.min(wanted, sale.limit()));
  const output = h('output', { class: 'stepper__value', 'aria-live': 'polite' });
  const less = h(
    'button',
    { type: 'button', class: 'stepper__button', 'aria-label': 'One seat less' },
    '−',
  );
  const more = h(
    'button',
    { type: 'button', class: 'stepper__button', 'aria-label': 'One seat more' },
    '+',
  );
  const category = h('select', { id: 'best-category' });
  const submit = h('button', { class: 'button button--quiet', type: 'submit' }, 'Hold the best');
  const options = categoriesWithSeats(plan).map((index) => {
    const entry = plan.categories[index];
    const price = sale.event.prices.find(
      (/** @type {any} */ { category: name }) => name === entry.name,
    );
    return { option: h('option', { value: entry.name }), index, name: entry.name, price };
  });
  category.append(
    h('option', { value: '' }, 'Any category'),
    ...options.filter(({ price }) => price).map(({ option }) => option),
  );

  const element = h(
    'form',
    {
      class: 'best',
      'aria-label': 'Best available seats',
      onsubmit(/** @type {Event} */ event) {
        event.preventDefault();
        void sale.hold({
          bestAvailable: {
            quantity: quantity(),
            ...(category.value ? { category: category.value } : {}),
          },
        });
      },
    },
    h('h2', { class: 'panel__heading' }, 'Best available'),
    h(
      'div',
      { class: 'best__row' },
      h(
        'div',
        { class: 'stepper', role: 'group', 'aria-label': 'How many seats' },
        less,
        output,
        more,
      ),
      h('label', { class: 'visually-hidden', for: 'best-category' }, 'Category'),
      category,
      submit,
    ),
  );

  function showQuantity() {
    output.textContent = String(quantity());
    less.disabled = quantity() <= 1;
    more.disabled = quantity() >= sale.limit();
  }

  /** @param {number} next */
  function setQuantity(next) {
    wanted = next;
    showQuantity();
  }
  less.addEventListener('click', () => setQuantity(quantity() - 1));
  more.addEventListener('click', () => setQuantity(quantity() + 1));

  return {
    element,
    setQuantity,
    focus: () => submit.focus(),
    /** @param {boolean} open whether reserving is possible now */
    update(open) {
      showQuantity();
      const soldOut = seats.revision >= 0 && seats.counts[AVAILABLE] === 0;
      element.hidden = soldOut || sale.limit() === 0;
      submit.disabled = !open || sale.state.phase !== 'choosing';
      for (const { option, index, name, price } of options) {
        const left = seats.availableByCategory[index];
        option.disabled = left === 0;
        const text = `${name} · ${price ? money(price) : ''}${price?.byRequest ? ' · by request' : ''}${left === 0 ? ' · sold out' : ` · ${count(left)} left`}`;
        if (option.textContent !== text) option.textContent = text;
      }
    },
  };
}
