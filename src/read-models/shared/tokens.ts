import { token } from '../../ports/shared/token.js';
import type { CancellationQueries } from '../event/cancellations-queries.js';
import type { EventQueries } from '../event/events-queries.js';
import type { LedgerQueries } from '../payment/ledger-queries.js';
import type { PaymentQueries } from '../payment/payments-queries.js';
import type { UnmatchedNotifications } from '../payment/unmatched-notifications.js';
import type { EventSearch } from '../search/event-search.js';
import type { LiveSeatStatus } from '../seat-inventory/live-seat-status.js';
import type { ReservationQueries } from '../seat-inventory/reservations-queries.js';
import type { SeatStatusQueries } from '../seat-inventory/seat-status-queries.js';
import type { Contacts } from '../ticket/contacts.js';
import type { TicketQueries } from '../ticket/tickets-queries.js';
import type { AdvisoryLocks } from '../tables/advisory-lock.js';
import type { VenueQueries } from '../venue/venues.js';

/** Injection tokens of the read models. */
export const ADVISORY_LOCKS = token<AdvisoryLocks>('AdvisoryLocks');
export const CANCELLATION_QUERIES = token<CancellationQueries>('CancellationQueries');
export const CONTACTS = token<Contacts>('Contacts');
export const EVENT_QUERIES = token<EventQueries>('EventQueries');
export const EVENT_SEARCHING = token<EventSearch>('EventSearch');
export const LEDGER_QUERIES = token<LedgerQueries>('LedgerQueries');
export const LIVE_SEAT_STATUS = token<LiveSeatStatus>('LiveSeatStatus');
export const PAYMENT_QUERIES = token<PaymentQueries>('PaymentQueries');
export const RESERVATION_QUERIES = token<ReservationQueries>('ReservationQueries');
export const SEAT_STATUS_QUERIES = token<SeatStatusQueries>('SeatStatusQueries');
export const TICKET_QUERIES = token<TicketQueries>('TicketQueries');
export const UNMATCHED_NOTICES = token<UnmatchedNotifications>('UnmatchedNotifications');
export const VENUE_QUERIES = token<VenueQueries>('VenueQueries');
/** Secret. Signs the cursors of search pages; the same on every node. */
export const SEARCH_CURSOR_KEY = token<string>('SearchCursorKey');
