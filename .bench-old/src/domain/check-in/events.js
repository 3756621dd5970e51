import { derivedId } from '../derived-id.js';
/** Stream of one ticket at the door: empty until it is redeemed, and never longer than that. */ export const CHECK_IN = 'checkIn-';
export const checkInStream = (ticketId)=>CHECK_IN + ticketId;
/** The same seat of the same reservation is the same ticket, however often it is asked for. */ export const ticketIdOf = (reservationId, seatId)=>derivedId('ticket', reservationId, seatId);

//# sourceMappingURL=events.js.map