import { isKeptAs } from '../storage.js';

/**
 * Calls back when another tab of this browser holds, releases or pays for seats of the event, or
 * changes the account.
 * @param {string} eventId @param {() => void} changed @returns {() => void} stops it
 */
export function followOtherTabs(eventId, changed) {
  const names = [`reservation.${eventId}`, `payment.${eventId}`, 'account'];
  const stored = (/** @type {StorageEvent} */ { key }) =>
    names.some((name) => isKeptAs(key, name)) && changed();
  window.addEventListener('storage', stored);
  return () => window.removeEventListener('storage', stored);
}
