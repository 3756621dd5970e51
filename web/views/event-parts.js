import { h } from '../dom.js';
import { isOffered } from '../sale/event-rules.js';
import { basketView } from './basket.js';
import { bestAvailableView } from './best-available.js';
import { holdPanel } from './hold-panel.js';
import { legendView } from './legend.js';
import { mapPanel } from './map-panel.js';
import { noticeView } from './notice.js';
import { salesNote } from './sales-note.js';
import { seatListsView } from './seat-lists.js';
import { confirmationPanel } from './tickets.js';
import { waitingRoomView } from './waiting-room.js';

/**
 * @typedef {{isOpen: boolean, opensAt: number | null, isWaiting: boolean}} Sales
 * whether seats can be held now; when sales open, if later, in milliseconds since the epoch;
 * whether
 * the waiting room lets nobody hold seats without a pass
 */

/**
 * The parts of the page of an event.
 * @param {import('../sale/sale.js').Sale} sale @param
 * {import('../sale/waiting-room.js').WaitingRoom} room
 */
export function eventParts(sale, room) {
  const map = mapPanel(sale);
  const views = {
    legend: legendView(sale, (category) => map.map.highlight(category)),
    best: bestAvailableView(sale),
    lists: seatListsView(sale),
    basket: basketView(sale, (seat) => map.map.show([seat])),
    hold: holdPanel(sale),
    confirmation: confirmationPanel(sale),
    salesNote: salesNote(sale),
    waitingRoom: waitingRoomView(room),
  };
  const notice = noticeView(sale, noticeHelp(sale, views.best, map));
  const { aside, choosing } = layOut(views, notice.element);

  return {
    map,
    aside,
    /** @param {Sales} sales @param {number[]} changedSeats */
    update(sales, changedSeats) {
      const { phase } = sale.state;
      const isChoosing = phase === 'choosing' || phase === 'holding';
      const isOnOffer = isOffered(sale.event);
      choosing.hidden = !isChoosing;
      views.basket.bar.hidden = !isChoosing || !isOnOffer;
      for (const { element } of [views.best, views.lists, views.waitingRoom])
        element.classList.toggle('is-gone', !isOnOffer);
      views.waitingRoom.update();
      map.update(changedSeats);
      views.legend.update();
      views.best.update(sales.isOpen);
      views.lists.update();
      views.basket.update(sales);
      notice.update();
      views.hold.update();
      views.confirmation.update();
      views.salesNote.update(sales.opensAt);
    },
    /** Moves the focus to the new state. @param {string} before @param {string} now */
    phaseChanged(before, now) {
      if (now === 'held' && before !== 'paying') {
        views.hold.focus();
        map.map.show([...sale.state.own]);
        aside.scrollIntoView({ block: 'nearest' });
      } else if (now === 'confirmed') views.confirmation.focus();
      else if (now === 'choosing' && before !== '' && isFocusLost()) notice.focus();
    },
    destroy() {
      map.map.destroy();
      views.hold.destroy();
      views.legend.destroy();
    },
  };
}

/** @param {any} views @param {HTMLElement} notice */
function layOut(views, notice) {
  const choosing = h(
    'div',
    { class: 'choosing' },
    views.waitingRoom.element,
    views.salesNote.element,
    views.basket.chosen,
    views.best.element,
    views.legend.element,
    views.lists.element,
  );
  const scroll = h(
    'div',
    { class: 'panel__scroll' },
    notice,
    choosing,
    views.hold.element,
    views.confirmation.element,
  );
  const aside = h(
    'aside',
    { class: 'panel', 'aria-label': 'Your purchase' },
    scroll,
    views.basket.bar,
  );
  return { aside, choosing };
}

/**
 * The actions of a notice's buttons.
 * @param {import('../sale/sale.js').Sale} sale @param {ReturnType<typeof bestAvailableView>} best
 * @param {ReturnType<typeof mapPanel>} map
 */
const noticeHelp = (sale, best, map) => ({
  bestAvailable() {
    const { length } = sale.state.basket;
    best.setQuantity(length > 0 ? length + 1 : 2);
    best.element.scrollIntoView({ block: 'nearest' });
    best.focus();
  },
  chooseAgain() {
    sale.dismiss();
    map.map.canvas.focus();
  },
});

/** Whether the focused control was removed with its panel, or will be in the next frame. */
function isFocusLost() {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  return !focused || focused === document.body || focused.closest('[hidden]') !== null;
}
