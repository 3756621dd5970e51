import { fill, h, svg } from '../dom.js';
import { count, money } from '../format.js';
import { isOffered } from '../sale/event-rules.js';
import { css, readTheme } from '../seat-map/colors.js';
import { categoriesWithSeats } from '../seat-map/plan.js';

/**
 * Explains colors and shapes, with prices and available seats; a click shows one category alone.
 * @param {import('../sale/sale.js').Sale} sale @param {(category: number) => void} onHighlight -1
 * shows all
 */
export function legendView(sale, onHighlight) {
  const { plan, seats } = sale;
  let shown = -1;
  const rows = categoriesWithSeats(plan).map((index) => {
    const category = plan.categories[index];
    const left = h('span', { class: 'legend__left muted' });
    const dot = svg('circle', { cx: 8, cy: 8, r: 7 });
    const price = sale.event.prices.find(
      (/** @type {any} */ { category: name }) => name === category.name,
    );
    const button = h(
      'button',
      {
        class: 'legend__row',
        type: 'button',
        'aria-pressed': 'false',
        onclick: () => toggle(index),
      },
      svg('svg', { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' }, dot),
      h('span', { class: 'legend__name' }, category.name),
      left,
      h('span', { class: 'legend__price' }, price ? money(price) : '–'),
    );
    return { index, button, left, dot };
  });

  /** @param {number} index */
  function toggle(index) {
    shown = shown === index ? -1 : index;
    rows.forEach((row) => row.button.setAttribute('aria-pressed', String(row.index === shown)));
    onHighlight(shown);
  }

  const element = h(
    'section',
    { class: 'legend', 'aria-label': 'Prices' },
    h(
      'ul',
      { class: 'plain' },
      rows.map(({ button }) => h('li', null, button)),
    ),
    key(),
  );

  function paint() {
    const theme = readTheme(document.body, plan.categories);
    rows.forEach(({ dot, index }) => dot.setAttribute('fill', css(theme.categories[index])));
  }
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', paint);
  paint();

  return {
    element,
    update() {
      const isKnown = seats.revision >= 0 && isOffered(sale.event);
      rows.forEach(({ left, index }) => {
        const free = seats.availableByCategory[index];
        const text = free === 0 ? 'sold out' : `${count(free)} left`;
        fill(left, isKnown ? text : '');
      });
    },
    destroy: () => scheme.removeEventListener('change', paint),
  };
}

/** The shapes of the seat states, drawn as on the map. */
function key() {
  const symbol = (/** @type {string} */ className, /** @type {any[]} */ ...shapes) =>
    svg(
      'svg',
      { viewBox: '0 0 16 16', width: 14, height: 14, 'aria-hidden': 'true', class: className },
      ...shapes,
    );
  const entry = (/** @type {any} */ picture, /** @type {string} */ text) =>
    h('li', null, picture, text);
  return h(
    'ul',
    { class: 'plain key' },
    entry(symbol('key__free', svg('circle', { cx: 8, cy: 8, r: 6.5 })), 'Available'),
    entry(
      symbol(
        'key__yours',
        svg('circle', { cx: 8, cy: 8, r: 7.5 }),
        svg('path', { d: 'M4.6 8.2 7.2 10.8 11.6 5.6', class: 'key__tick' }),
      ),
      'Yours',
    ),
    entry(symbol('key__held', svg('circle', { cx: 8, cy: 8, r: 5 })), 'Being bought'),
    entry(symbol('key__sold', svg('circle', { cx: 8, cy: 8, r: 2.6 })), 'Sold'),
    entry(symbol('key__blocked', svg('path', { d: 'M4 8h8' })), 'Not for sale'),
  );
}
