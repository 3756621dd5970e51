/** Injection tokens of the ports that the handlers ask for; `app.module.ts` binds them. */
export const CLOCK = Symbol('Clock');
export const RANDOMNESS = Symbol('Randomness');
export const EVENT_STORE = Symbol('EventStore');
export const PAYMENT_GATEWAY = Symbol('PaymentGateway');
export const SEAT_LOCKS = Symbol('SeatLocks');
export const SEATING_PLANS = Symbol('SeatingPlans');
export const INVENTORY_WRITERS = Symbol('InventoryWriters');
export const TICKET_SIGNER = Symbol('TicketSigner');
export const TICKET_LEDGER = Symbol('TicketLedger');
/** `TicketVoids`. */
export const TICKET_VOIDS = Symbol('TicketVoids');
export const PAYMENTS = Symbol('Payments');
export const PROJECTION_OPERATIONS = Symbol('ProjectionOperations');
/** `LogOperations`. */
export const LOG_OPERATIONS = Symbol('LogOperations');
/** `WaitingRooms`. */
export const WAITING_ROOMS = Symbol('WaitingRooms');
/** `WaitingRoomLog`. */
export const WAITING_ROOM_LOG = Symbol('WaitingRoomLog');
/** `(eventId: string) => string`: by which early arrivals are shuffled. */
export const WAITING_ROOM_SEEDS = Symbol('WaitingRoomSeeds');
export const SETTLEMENT = Symbol('Settlement');
