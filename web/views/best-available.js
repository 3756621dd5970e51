import { h } from '../dom.js';
import { count, money } from '../format.js';
import { AVAILABLE } from '../sale/seat-status.js';
import { categoriesWithSeats } from '../seat-map/plan.js';

/**
 * Holds the best available seats in one step: the server chooses, so no other buyer can be faster.
 * @param {import('../sale/sale.js').Sale} sale
 */
export function bestAvailableView(sale) {
  const quantity = quantityStepper(() => sale.limit());
  const category = categoryChoice(sale);
  const submit = h('button', { class: 'button button--quiet', type: 'submit' }, 'Hold the best');
  const element = h(
    'form',
    { class: 'best', 'aria-label': 'Best available seats', onsubmit: hold },
    h('h2', { class: 'panel__heading' }, 'Best available'),
    h(
      'div',
      { class: 'best__row' },
      quantity.element,
      h('label', { class: 'visually-hidden', for: 'best-category' }, 'Category'),
      category.element,
      submit,
    ),
  );

  /** @param {Event} event */
  function hold(event) {
    event.preventDefault();
    const { value } = category.element;
    void sale.hold({
      bestAvailable: { quantity: quantity.value(), ...(value && { category: value }) },
    });
  }

  return {
    element,
    setQuantity: quantity.set,
    focus: () => submit.focus(),
    /** @param {boolean} isOpen whether seats can be held now */
    update(isOpen) {
      const { seats, state } = sale;
      quantity.update();
      category.update();
      const isSoldOut = seats.revision >= 0 && seats.counts[AVAILABLE] === 0;
      element.hidden = isSoldOut || sale.limit() === 0;
      submit.disabled = !isOpen || state.phase !== 'choosing';
    },
  };
}

const DEFAULT_QUANTITY = 2;

/** @param {() => number} limit */
function quantityStepper(limit) {
  /** The visitor's choice; `value` may be less because of the limit. */
  let wanted = DEFAULT_QUANTITY;
  const value = () => Math.max(1, Math.min(wanted, limit()));
  const output = h('output', { class: 'stepper__value', 'aria-live': 'polite' });
  const button = (
    /** @type {string} */ label,
    /** @type {string} */ sign,
    /** @type {number} */ step,
  ) =>
    h(
      'button',
      {
        type: 'button',
        class: 'stepper__button',
        'aria-label': label,
        onclick: () => set(value() + step),
      },
      sign,
    );
  const less = button('One seat less', '−', -1);
  const more = button('One seat more', '+', 1);

  function update() {
    output.textContent = String(value());
    less.disabled = value() <= 1;
    more.disabled = value() >= limit();
  }

  /** @param {number} next */
  function set(next) {
    wanted = next;
    update();
  }

  const element = h(
    'div',
    { class: 'stepper', role: 'group', 'aria-label': 'How many seats' },
    less,
    output,
    more,
  );
  return { element, value, set, update };
}

/** @param {import('../sale/sale.js').Sale} sale */
function categoryChoice({ plan, seats, event }) {
  const element = h('select', { id: 'best-category' });
  const options = categoriesWithSeats(plan).flatMap((index) => {
    const { name } = plan.categories[index];
    const price = event.prices.find((/** @type {any} */ { category }) => category === name);
    return price ? [{ option: h('option', { value: name }), index, name, price }] : [];
  });
  element.append(
    h('option', { value: '' }, 'Any category'),
    ...options.map(({ option }) => option),
  );

  function update() {
    for (const { option, index, name, price } of options) {
      const left = seats.availableByCategory[index];
      const request = price.byRequest ? ' · by request' : '';
      const rest = left === 0 ? 'sold out' : `${count(left)} left`;
      const text = `${name} · ${money(price)}${request} · ${rest}`;
      option.disabled = left === 0;
      // An unchanged text keeps an open list as it is.
      if (option.textContent !== text) option.textContent = text;
    }
  }

  return { element, update };
}
