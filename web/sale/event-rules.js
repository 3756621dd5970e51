import { serverNow } from '../server-clock.js';

/** Whether sales have ended because the event has begun. @param {any} event */
export const isOver = (event) =>
  event.status === 'over' || Date.parse(event.salesEndAt ?? event.startsAt) <= serverNow();

/** @param {any} event */
export const isCanceled = (event) => event.status === 'cancelled';

/** Whether seats can be held, now or after the opening of sales. @param {any} event */
export const isOffered = (event) => isPayable(event) && !event.salesClosed;

/** Whether a hold can still be paid for; closed sales do not prevent that. @param {any} event */
export const isPayable = (event) => !isCanceled(event) && !isOver(event);

/**
 * Time until the next moment at which these rules change without a change of the event.
 * @param {any} event @returns {number} milliseconds; infinite when nothing is to come
 */
export function untilNextChange(event) {
  const times = [event.onSaleAt, event.salesEndAt ?? event.startsAt].filter(Boolean);
  const left = times.map((time) => Date.parse(time) - serverNow()).filter((ms) => ms > 0);
  return Math.min(Infinity, ...left);
}
