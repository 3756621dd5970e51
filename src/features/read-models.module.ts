import { Module } from '@nestjs/common';
import { POOL } from '../adapters/postgres/tokens.js';
import { provide } from '../ports/shared/provide.js';
import { cancellationQueries } from '../read-models/event/cancellations-queries.js';
import { eventQueries } from '../read-models/event/events-queries.js';
import { ledgerQueries } from '../read-models/payment/ledger-queries.js';
import { paymentQueries } from '../read-models/payment/payments-queries.js';
import { openUnmatchedNotifications } from '../read-models/payment/unmatched-notifications.js';
import { reservationQueries } from '../read-models/seat-inventory/reservations-queries.js';
import { seatStatusQueries } from '../read-models/seat-inventory/seat-status-queries.js';
import * as tokens from '../read-models/shared/tokens.js';
import { openContacts } from '../read-models/ticket/contacts.js';
import { ticketQueries } from '../read-models/ticket/tickets-queries.js';
import { venueQueries } from '../read-models/venue/venues.js';
import { ProjectionModule } from './projection.module.js';

const QUERIES = [
  provide(tokens.CANCELLATION_QUERIES, { inject: [POOL], useFactory: cancellationQueries }),
  provide(tokens.CONTACTS, { inject: [POOL], useFactory: openContacts }),
  provide(tokens.EVENT_QUERIES, { inject: [POOL], useFactory: eventQueries }),
  provide(tokens.LEDGER_QUERIES, { inject: [POOL], useFactory: ledgerQueries }),
  provide(tokens.PAYMENT_QUERIES, { inject: [POOL], useFactory: paymentQueries }),
  provide(tokens.RESERVATION_QUERIES, { inject: [POOL], useFactory: reservationQueries }),
  provide(tokens.SEAT_STATUS_QUERIES, { inject: [POOL], useFactory: seatStatusQueries }),
  provide(tokens.TICKET_QUERIES, { inject: [POOL], useFactory: ticketQueries }),
  provide(tokens.UNMATCHED_NOTICES, { inject: [POOL], useFactory: openUnmatchedNotifications }),
  provide(tokens.VENUE_QUERIES, { inject: [POOL], useFactory: venueQueries }),
];

/** The queries of every noun. It imports the projections that feed the tables. */
@Module({
  imports: [ProjectionModule],
  providers: QUERIES,
  exports: [...QUERIES.map(({ provide: exported }) => exported), ProjectionModule],
})
export class ReadModelsModule {}
