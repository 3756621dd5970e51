import { Module } from '@nestjs/common';
import { CONFIG } from '../../config/token.js';
import { provide } from '../../ports/shared/provide.js';
import { LOG, STORED_EVENTS, STORED_LOG, SUBSCRIPTION_STATS } from '../../ports/shared/tokens.js';
import { DATABASE, SQL } from '../postgres/tokens.js';
import { chained } from './chained.js';
import { openPostgresEventStore } from './postgres/postgres.js';
import { postgresStoredLog } from './stored-log/postgres.js';
import { subscribedStoredLog } from './stored-log/subscribed.js';

/** The EventStoreDB that `EVENTSTORE_URL` names, or the embedded event store in Postgres. */
@Module({
  providers: [
    provide(SUBSCRIPTION_STATS, { inject: [], useFactory: () => ({ consumerTooSlow: 0 }) }),
    provide(STORED_EVENTS, {
      inject: [CONFIG, DATABASE, SUBSCRIPTION_STATS, LOG],
      useFactory: async ({ eventStoreUrl }, { url }, stats, { warn }) => {
        if (eventStoreUrl === undefined)
          return chained(openPostgresEventStore({ connectionString: url, warn }));
        // Its client is large: only a service that uses it loads it.
        const { openEventStoreDb } = await import('./eventstoredb/eventstoredb.js');
        return chained(openEventStoreDb({ connectionString: eventStoreUrl, stats, warn }));
      },
      onApplicationShutdown: (store) => store.close(),
    }),
    provide(STORED_LOG, {
      inject: [CONFIG, STORED_EVENTS, SQL],
      useFactory: ({ eventStoreUrl }, stored, sql) =>
        eventStoreUrl === undefined ? postgresStoredLog(sql) : subscribedStoredLog(stored),
    }),
  ],
  exports: [STORED_EVENTS, STORED_LOG, SUBSCRIPTION_STATS],
})
export class EventStoreModule {}
