import { h } from '../dom.js';
import { count, money, venueTime } from '../format.js';
import { isCanceled, isOver } from '../sale/event-rules.js';
import { serverNow } from '../server-clock.js';

const FEW_LEFT = 0.1;

/** @param {any} event */
const zone = (event) => event.timeZone ?? event.venue?.timeZone;
/** @param {any} event */
export const monthOf = (event) =>
  venueTime(event.startsAt, zone(event), { month: 'long', year: 'numeric' });

/**
 * One event in a list: date in the venue's time zone, name, place, lowest price and availability.
 * @param {any} event a search hit or an event
 */
export function eventCard(event) {
  const part = (/** @type {any} */ options) => venueTime(event.startsAt, zone(event), options);
  const venue = event.venue?.name ?? event.venueName ?? '';
  const city = event.venue?.city ?? event.city ?? '';
  const from = cheapest(event);
  const { text, kind, share } = availability(event);
  return h(
    'article',
    { class: 'event-card' },
    h(
      'div',
      { class: 'date', 'aria-hidden': 'true' },
      h('span', { class: 'date__weekday' }, part({ weekday: 'short' })),
      h('span', { class: 'date__day' }, part({ day: 'numeric' })),
      h('span', { class: 'date__month' }, part({ month: 'short' })),
    ),
    h(
      'div',
      { class: 'event-card__what' },
      h(
        'h3',
        null,
        h(
          'a',
          { href: `/?event=${encodeURIComponent(event.eventId)}`, 'data-route': true },
          event.name,
        ),
      ),
      h(
        'p',
        { class: 'muted' },
        h(
          'span',
          { class: 'visually-hidden' },
          part({ weekday: 'long', day: 'numeric', month: 'long' }),
          ', ',
        ),
        h(
          'time',
          { datetime: event.startsAt },
          part({ hour: 'numeric', minute: '2-digit', timeZoneName: 'short' }),
        ),
        ' · ',
        [venue, city].filter(Boolean).join(', '),
      ),
    ),
    h(
      'div',
      { class: 'event-card__left' },
      h(
        'p',
        { class: 'event-card__price' },
        from ? [h('span', { class: 'muted' }, 'from '), money(from)] : '',
      ),
      h('p', { class: `left left--${kind}` }, meter(share), text),
    ),
  );
}

/** @param {any} event @returns {{amountMinor: number, currency: string} | null} */
function cheapest(event) {
  if (event.fromPrice?.currency) return event.fromPrice;
  const [first] = [...(event.prices ?? [])].sort((a, b) => a.amountMinor - b.amountMinor);
  return first ?? null;
}

/** Why nothing is sold any more. @param {any} event @returns {string | undefined} */
function endOfSale(event) {
  if (isCanceled(event)) return 'Canceled';
  if (event.salesEndAt && isOver(event)) return 'Over';
  if (event.salesClosed) return 'Sales closed';
  return event.availability?.available === 0 ? 'Sold out' : undefined;
}

/** @param {any} event */
function availability(event) {
  const left = event.availability?.available;
  const all = event.seatCount ?? total(event.availability);
  const ended = endOfSale(event);
  if (ended) return { text: ended, kind: 'none', share: 0 };
  if (event.onSaleAt && Date.parse(event.onSaleAt) > serverNow()) {
    const when = venueTime(event.onSaleAt, zone(event), {
      day: 'numeric',
      month: 'short',
      hour: 'numeric',
      minute: '2-digit',
    });
    return { text: `On sale ${when}`, kind: 'later', share: 1 };
  }
  if (left === undefined || !all) return { text: 'On sale', kind: 'plenty', share: 1 };
  const few = left / all < FEW_LEFT;
  return {
    text: few ? `Last ${count(left)} seats` : `${count(left)} seats`,
    kind: few ? 'few' : 'plenty',
    share: left / all,
  };
}

/** @param {Record<string, number> | undefined} counts */
const total = (counts) => Object.values(counts ?? {}).reduce((sum, value) => sum + value, 0);

/** A small bar; the text next to it says the same to screen readers. @param {number} share */
function meter(share) {
  const bar = h('span', { class: 'meter__bar' });
  bar.style.setProperty('--share', String(Math.max(share > 0 ? 0.04 : 0, share)));
  return h('span', { class: 'meter', 'aria-hidden': 'true' }, bar);
}
