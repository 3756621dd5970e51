import type { SeedOf } from '../../domain/waiting-room/shuffle.js';
import type { PaymentGateway } from '../payment/payment-gateway.js';
import type { EventStore, SubscriptionStats } from '../event-store/event-store.js';
import type { LogOperations } from '../projection/log-operations.js';
import type { ProjectionOperations } from '../projection/projection-operations.js';
import type { SeatLocks } from '../seat-inventory/seat-locks.js';
import type { StoredLog } from '../event-store/stored-log.js';
import type { SearchIndex } from '../search/search-index.js';
import type { HistorySnapshots, Snapshots } from '../seat-inventory/snapshots.js';
import type { Clock } from '../system/clock.js';
import type { Log } from '../system/log.js';
import type { ServiceAddress } from '../system/service-address.js';
import type {
  DeclineCounts,
  NetworkRateLimit,
  OpenHolds,
  ProofOfWork,
  RateLimit,
} from '../abuse/abuse.js';
import type { Mailer } from '../ticket/mailer.js';
import type { Admissions } from '../waiting-room/admissions.js';
import type { ShoppingRecord } from '../waiting-room/shopping-record.js';
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
/**
 * As commands and projections use it: upcasted, and closed to appends while the log is replaced.
 */
export const EVENT_STORE = token<EventStore>('EventStore');
/** As it is stored, whether or not the read models were built from it. */
export const STORED_EVENTS = token<EventStore>('StoredEvents');
/** Upcasted, whether or not the read models were built from it. */
export const ANY_LOG = token<EventStore>('AnyLog');
export const STORED_LOG = token<StoredLog>('StoredLog');
export const SUBSCRIPTION_STATS = token<SubscriptionStats>('SubscriptionStats');
/** The payment provider itself. */
export const PAYMENT_PROVIDER = token<PaymentGateway>('PaymentProvider');
/** The payment provider, with its declines counted by the abuse protection. */
export const PAYMENT_GATEWAY = token<PaymentGateway>('PaymentGateway');
export const SEAT_LOCKS = token<SeatLocks>('SeatLocks');
export const TICKET_SIGNER = token<TicketSigner>('TicketSigner');
export const TICKET_LEDGER = token<TicketLedger>('TicketLedger');
export const TICKET_PRINTER = token<TicketPrinter>('TicketPrinter');
export const PROJECTION_OPERATIONS = token<ProjectionOperations>('ProjectionOperations');
export const LOG_OPERATIONS = token<LogOperations>('LogOperations');
export const VENUE_READER = token<VenueReader>('VenueReader');
export const PLACE_SIGNER = token<PlaceSigner>('PlaceSigner');
export const ADMISSIONS = token<Admissions>('Admissions');
export const SHOPPING_RECORD = token<ShoppingRecord>('ShoppingRecord');
/** Early arrivals of an event are shuffled by these seeds. */
export const WAITING_ROOM_SEEDS = token<SeedOf>('WaitingRoomSeeds');
export const SNAPSHOTS = token<Snapshots>('Snapshots');
export const HISTORY_SNAPSHOTS = token<HistorySnapshots>('HistorySnapshots');
export const SEARCH_INDEX = token<SearchIndex>('SearchIndex');
/** Null with `MAIL=off`. */
export const MAILER = token<Mailer | null>('Mailer');
export const LOG = token<Log>('Log');
export const SERVICE_ADDRESS = token<ServiceAddress>('ServiceAddress');

/** Counts requests in a minute. */
export interface RateLimits {
  ofAccount(name: string, perMinute: number): RateLimit;
  /** Counted by all nodes together where they share a Redis. */
  ofNetwork(name: string, perMinute: number): NetworkRateLimit;
  /** Counted by each node for itself. */
  ofNetworkAtNode(name: string, perMinute: number): NetworkRateLimit;
}
export const RATE_LIMITS = token<RateLimits>('RateLimits');
export const PROOF_OF_WORK = token<ProofOfWork>('ProofOfWork');
export const OPEN_HOLDS = token<OpenHolds>('OpenHolds');
/** Opens counts over a window in milliseconds. */
export const DECLINE_COUNTS = token<(windowMs: number) => DeclineCounts>('DeclineCounts');
/** Hashes what identifies a card or an account, the same on every node. */
export const ABUSE_HASH = token<(text: string) => string>('AbuseHash');
