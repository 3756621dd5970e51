import { announce, h } from '../dom.js';
import { money } from '../format.js';
import { createSeatMap } from '../seat-map/seat-map.js';
import { STATUS_WORDS } from '../sale/seat-status.js';

/** @typedef {import('../sale/sale.js').Sale} Sale */

const ZOOM_STEP = 1.7;
/** The tip is shown left of the pointer when the right edge is nearer than this. CSS pixels. */
const TIP_WIDTH_PX = 220;
const TIP_HEIGHT_PX = 70;
/** @type {Record<import('../sale/seat-feed.js').FeedState, string>} */
const FEED_TEXT = {
  connecting: 'Connecting…',
  live: 'Live',
  polling: 'Updated every few seconds',
  offline: 'Offline',
};

/**
 * The map with its buttons, the tip at the pointer, and the state of the live feed.
 * @param {Sale} sale
 */
export function mapPanel(sale) {
  const feed = h('p', { class: 'feed', 'data-state': 'connecting' }, FEED_TEXT.connecting);
  const tip = seatTip(sale, () => map.canvas.clientWidth);
  const map = createSeatMap({
    plan: sale.plan,
    seats: sale.seats,
    label: `Seating plan of ${sale.plan.name}`,
    describedBy: 'map-keys',
    onPick: (seat) => sale.toggle(seat),
    onPoint: tip.show,
    onCursor(seat) {
      if (seat !== -1) announce(describe(sale, seat).join(', '));
    },
  });
  const element = h(
    'section',
    { class: 'seat-map', 'aria-label': 'Seating plan' },
    map.canvas,
    tip.element,
    feed,
    zoomButtons(map),
    h(
      'p',
      { id: 'map-keys', class: 'visually-hidden' },
      'Plus and minus zoom, zero shows everything. Arrow keys move the map; when seats are large ',
      'enough they go from seat to seat, and Enter chooses the seat. You can also choose seats ',
      'from the lists after the map.',
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
      const { basket, own, notice } = sale.state;
      map.mark(basket, own, notice?.circled ?? []);
      if (changedSeats.length > 0) map.statusChanged(changedSeats);
      tip.update();
    },
  };
}

/** Name, price and status of a seat. @param {Sale} sale @param {number} seat */
function describe({ plan, seats, state, priceOf, nameOf }, seat) {
  const price = priceOf(seat);
  const category = plan.categories[plan.category[seat]].name;
  return [
    nameOf(seat),
    price ? `${category}, ${money(price)}` : category,
    ownState(state, seat) ?? STATUS_WORDS[seats.codes[seat]],
  ];
}

/** @param {import('../sale/sale-state.js').State} state @param {number} seat */
function ownState({ own, basket }, seat) {
  if (own.has(seat)) return 'yours';
  return basket.includes(seat) ? 'chosen' : undefined;
}

/** @param {Sale} sale @param {() => number} mapWidth CSS pixels */
function seatTip(sale, mapWidth) {
  const element = h('div', { class: 'tip', 'aria-hidden': 'true', hidden: true });
  let shown = -1;
  return {
    element,
    /** @param {number} seat -1 hides the tip @param {number} x @param {number} y */
    show(seat, x, y) {
      element.hidden = seat === -1;
      if (seat !== -1 && seat !== shown) element.replaceChildren(...tipLines(sale, seat));
      shown = seat;
      if (seat === -1) return;
      element.classList.toggle('tip--left', x > mapWidth() - TIP_WIDTH_PX);
      element.style.translate = `${Math.round(x)}px ${Math.round(Math.max(TIP_HEIGHT_PX, y))}px`;
    },
    update() {
      const status = shown === -1 ? null : element.querySelector('.tip__status');
      if (status) status.textContent = describe(sale, shown)[2];
    },
  };
}

/** @param {Sale} sale @param {number} seat */
function tipLines(sale, seat) {
  const [name, price, status] = describe(sale, seat);
  return [
    h('strong', null, name),
    h('span', null, price),
    h('span', { class: 'tip__status' }, status),
  ];
}

/** @param {{zoomBy: (factor: number) => void, fit: () => void}} map */
const zoomButtons = (map) =>
  h(
    'div',
    { class: 'map-buttons', role: 'group', 'aria-label': 'Zoom' },
    mapButton('Closer', '+', () => map.zoomBy(ZOOM_STEP)),
    mapButton('Farther', '−', () => map.zoomBy(1 / ZOOM_STEP)),
    mapButton('Show everything', '⤢', map.fit),
  );

/** @param {string} label @param {string} sign @param {() => void} onclick */
const mapButton = (label, sign, onclick) =>
  h(
    'button',
    { type: 'button', class: 'map-button', 'aria-label': label, title: label, onclick },
    sign,
  );
