import type { PaymentGateway } from '../payment/payment-gateway.js';
import type { EventStore, SubscriptionStats } from '../event-store/event-store.js';
import type { LogOperations } from '../projection/log-operations.js';
import type { ProjectionOperations } from '../projection/projection-operations.js';
import type { SeatLocks } from '../seat-inventory/seat-locks.js';
import type { Clock } from '../system/clock.js';
import type { Randomness } from '../system/randomness.js';
import type { TicketLedger } from '../ticket/ticket-ledger.js';
import type { TicketPrinter } from '../ticket/ticket-printer.js';
import type { TicketSigner } from '../ticket/ticket-signer.js';
import type { VenueReader } from '../venue/venue-reader.js';
import type { PlaceSigner } from '../waiting-room/place-signer.js';
import { token } from './token.js';

/** Injection tokens of the ports. */
export const CLOCK = token<Clock>('Clock');
export const RANDOMNESS = token<Randomness>('Randomness');
/** As commands and projections use it: upcasted, and closed to appends while the log is replaced. */
export const EVENT_STORE = token<EventStore>('EventStore');
export const SUBSCRIPTION_STATS = token<SubscriptionStats>('SubscriptionStats');
export const PAYMENT_GATEWAY = token<PaymentGateway>('PaymentGateway');
export const SEAT_LOCKS = token<SeatLocks>('SeatLocks');
export const TICKET_SIGNER = token<TicketSigner>('TicketSigner');
export const TICKET_LEDGER = token<TicketLedger>('TicketLedger');
export const TICKET_PRINTER = token<TicketPrinter>('TicketPrinter');
export const PROJECTION_OPERATIONS = token<ProjectionOperations>('ProjectionOperations');
export const LOG_OPERATIONS = token<LogOperations>('LogOperations');
export const VENUE_READER = token<VenueReader>('VenueReader');
export const PLACE_SIGNER = token<PlaceSigner>('PlaceSigner');
