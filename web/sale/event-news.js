import { longDate } from '../format.js';
import { serverNow } from '../server-clock.js';
import { isCanceled } from './event-rules.js';

/** Changes of these fields change the page. */
const SHOWN = [
  'name',
  'startsAt',
  'timeZone',
  'onSaleAt',
  'salesEndAt',
  'status',
  'salesClosed',
  'description',
];

/** @param {any} before @param {any} now */
export const isShownChange = (before, now) => SHOWN.some((field) => before[field] !== now[field]);

/** @param {any} event */
const startOf = ({ startsAt, timeZone }) => longDate(startsAt, timeZone);

/**
 * Returns the message about a change that buyers must notice; null for other changes.
 * @param {any} before @param {any} now @returns {{title: string, text: string} | null}
 */
export function newsOf(before, now) {
  if (!isCanceled(before) && isCanceled(now))
    return {
      title: 'This event was canceled',
      text: 'No more seats are sold. Ticket holders are refunded automatically.',
    };
  if (before.startsAt !== now.startsAt)
    return {
      title: 'This event was rescheduled',
      text: `New start: ${startOf(now)}. Before: ${startOf(before)}.`,
    };
  if (before.onSaleAt !== now.onSaleAt && now.onSaleAt && Date.parse(now.onSaleAt) > serverNow())
    return {
      title: 'The opening of sales was moved',
      text: `Sales open ${longDate(now.onSaleAt, now.timeZone)}.`,
    };
  return null;
}
