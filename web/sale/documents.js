import { callAsCustomer } from '../account.js';
import { eventPath, query, reservationPath } from '../api.js';

/** @typedef {import('./reservations.js').Reservation} Reservation */

/**
 * The QR image of one of the buyer's tickets, as a URL for an `img`.
 * @param {string} eventId @param {string} ticketId @param {number} [atLeast] minimum revision of
 * the answer
 */
export async function ticketQr(eventId, ticketId, atLeast) {
  const ticket = `${eventPath(eventId)}/tickets/${encodeURIComponent(ticketId)}`;
  const path = `${ticket}/qr.svg${query({ atLeast })}`;
  const { text } = await callAsCustomer('GET', path, { as: 'text' });
  return `data:image/svg+xml;utf8,${encodeURIComponent(text)}`;
}

/** Saves the tickets of a reservation as a PDF. @param {Reservation} reservation */
export async function savePdf({ eventId, reservationId, revision }) {
  const reservation = reservationPath(eventId, reservationId);
  const path = `${reservation}/tickets.pdf${query({ atLeast: revision })}`;
  const { blob } = await callAsCustomer('GET', path, { as: 'blob' });
  save(blob, `tickets-${reservationId}.pdf`);
}

/** Saves all tickets of the buyer as calendar entries. */
export async function saveCalendar() {
  const { blob } = await callAsCustomer('GET', '/v1/me/tickets.ics', { as: 'blob' });
  save(blob, 'tickets.ics');
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
