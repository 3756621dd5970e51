import { announce, h } from '../dom.js';
import { money } from '../format.js';
import { createSeatMap } from '../seat-map/seat-map.js';
import { STATUS_WORDS } from '../sale/seat-status.js';

const ZOOM_STEP = 1.7;
/** @type {Record<import('../sale/seat-feed.js').FeedState, string>} */
const FEED_TEXT = {
  connecting: 'Connecting…',
  live: 'Live',
  polling: 'Updated every few seconds',
  offline: 'Offline',
};

/**
 * The map with its buttons, the tip under the pointer, and the sign that says how fresh it is.
 * @param {import('../sale/sale.js').Sale} sale
 */
export function mapPanel(sale) {
  const { plan, seats } = sale;
  const tip = h('div', { class: 'tip', 'aria-hidden': 'true', hidden: true });
  const feed = h('p', { class: 'feed', 'data-state': 'connecting' }, FEED_TEXT.connecting);
  let tipSeat = -1;

  const map = createSeatMap({
    plan,
    seats,
    label: `Seating plan of ${plan.name}`,
    describedBy: 'map-keys',
    onPick: (seat) => sale.toggle(seat),
    onPoint: showTip,
    onCursor(seat) {
      if (seat !== -1) announce(describe(seat).join(', '));
    },
  });

  /** @param {number} seat */
  function describe(seat) {
    const price = sale.priceOf(seat);
    const mine = sale.state.own.has(seat)
      ? 'yours'
      : sale.state.basket.includes(seat)
        ? 'chosen'
        : '';
    return [
      sale.nameOf(seat),
      plan.categories[plan.category[seat]].name + (price ? `, ${money(price)}` : ''),
      mine || STATUS_WORDS[seats.codes[seat]],
    ];
  }

  function showTip(/** @type {number} */ seat, /** @type {number} */ x, /** @type {number} */ y) {
    tip.hidden = seat === -1;
    if (seat === -1) {
      tipSeat = -1;
      return;
    }
    if (seat !== tipSeat) {
      const [name, price, status] = describe(seat);
      tip.replaceChildren(
        h('strong', null, name),
        h('span', null, price),
        h('span', { class: 'tip__status' }, status),
      );
    }
    tipSeat = seat;
    const right = x > map.canvas.clientWidth - 220;
    tip.classList.toggle('tip--left', right);
    tip.style.translate = `${Math.round(x)}px ${Math.round(Math.max(70, y))}px`;
  }

  const control = (
    /** @type {string} */ label,
    /** @type {string} */ sign,
    /** @type {() => void} */ onclick,
  ) =>
    h(
      'button',
      { type: 'button', class: 'map-button', 'aria-label': label, title: label, onclick },
      sign,
    );
  const element = h(
    'section',
    { class: 'seat-map', 'aria-label': 'Seating plan' },
    map.canvas,
    tip,
    feed,
    h(
      'div',
      { class: 'map-buttons', role: 'group', 'aria-label': 'Zoom' },
      control('Closer', '+', () => map.zoomBy(ZOOM_STEP)),
      control('Farther', '−', () => map.zoomBy(1 / ZOOM_STEP)),
      control('Show everything', '⤢', map.fit),
    ),
    h(
      'p',
      { id: 'map-keys', class: 'visually-hidden' },
      'Plus and minus zoom, zero shows everything. Arrow keys move; when close enough they go from seat to seat, ',
      'and Enter chooses the seat. The same seats can be chosen from lists after the map.',
    ),
  );

  return {
    element,
    map,
    /** @param {import('../sale/seat-feed.js').FeedState} state */
    feedState(state) {
      feed.dataset.state = state;
      feed.textContent = FEED_TEXT[state];
    },
    /** @param {number[]} changedSeats */
    update(changedSeats) {
      map.mark(sale.state.basket, sale.state.own, sale.state.notice?.circled ?? []);
      if (changedSeats.length > 0) map.statusChanged(changedSeats);
      if (tipSeat !== -1) {
        const status = tip.querySelector('.tip__status');
        if (status) status.textContent = describe(tipSeat)[2];
      }
    },
  };
}
