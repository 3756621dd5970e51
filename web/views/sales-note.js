import { fill, h } from '../dom.js';
import { longDate, plural, timeLeft } from '../format.js';
import { isCanceled, isOver } from '../sale/event-rules.js';
import { AVAILABLE } from '../sale/seat-status.js';
import { serverNow } from '../server-clock.js';

/** @typedef {{title: string, text: (string | Node)[]}} Note */

/** Why no seats can be held now. @param {import('../sale/sale.js').Sale} sale */
export function salesNote(sale) {
  const element = h('p', { class: 'sales-note', hidden: true });
  return {
    element,
    /** @param {number | null} opensAt when sales open, if later; milliseconds since the epoch */
    update(opensAt) {
      const note = eventNote(sale.event) ?? openingNote(sale.event, opensAt) ?? seatsNote(sale);
      element.hidden = note === null;
      if (note) fill(element, h('strong', null, note.title), h('span', null, note.text));
    },
  };
}

/** @param {any} event @returns {Note | null} */
function eventNote(event) {
  if (isCanceled(event))
    return {
      title: 'This event is canceled',
      text: ['Ticket holders are refunded automatically.'],
    };
  if (isOver(event)) return { title: 'This event is over', text: ['No more seats are sold.'] };
  if (event.salesClosed)
    return { title: 'Sales are closed', text: ['No more seats are sold for this event.'] };
  return null;
}

/** @param {any} event @param {number | null} opensAt @returns {Note | null} */
function openingNote(event, opensAt) {
  if (opensAt === null) return null;
  const when = longDate(event.onSaleAt, event.timeZone);
  return {
    title: `On sale in ${timeLeft(opensAt - serverNow())}`,
    text: [`${when}. You can choose your seats already.`],
  };
}

/** @param {import('../sale/sale.js').Sale} sale @returns {Note | null} */
function seatsNote({ seats, state, limit }) {
  if (limit() === 0) {
    const own = h('a', { href: '/?view=reservations', 'data-route': true }, 'your reservations');
    return {
      title: `You have ${plural(state.ownCount, 'seat')} of this event`,
      text: ['One customer cannot have more. See ', own, '.'],
    };
  }
  if (seats.revision >= 0 && seats.counts[AVAILABLE] === 0)
    return {
      title: 'Sold out',
      text: ['Seats that other buyers give back appear on this map at once.'],
    };
  return null;
}
