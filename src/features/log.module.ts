import { Module } from '@nestjs/common';
import { EventStoreModule } from '../adapters/event-store/event-store.module.js';
import { upcasting } from '../adapters/event-store/upcasting.js';
import { POOL } from '../adapters/postgres/tokens.js';
import {
  EventStoreUnavailable,
  EventStoreUnsupported,
  type EventStore,
} from '../ports/event-store/event-store.js';
import { provide } from '../ports/shared/provide.js';
import { ANY_LOG, CLOCK, EVENT_STORE, LOG, STORED_EVENTS } from '../ports/shared/tokens.js';
import { openLogGuard } from '../projections/log-guard/open-log-guard.js';
import { projections } from '../projections/projections.js';
import { LOG_GUARD } from '../projections/tokens.js';

/**
 * The log as commands and projections use it, behind the guard that compares it with the read
 * models.
 */
@Module({
  imports: [EventStoreModule],
  providers: [
    provide(LOG_GUARD, {
      inject: [STORED_EVENTS, POOL, CLOCK, LOG],
      useFactory: async (stored, db, clock, { log, warn, error }) => {
        await requireUsableLog(stored, warn);
        const parts = { eventStore: stored, db, projections, clock, log, warn, error };
        const guard = openLogGuard(parts);
        // If the event store is unavailable now, the log is compared when it is back.
        await guard
          .check()
          .catch((reason: Error) => warn(`log not compared yet: ${reason.message}`));
        return guard;
      },
      onApplicationShutdown: (guard) => guard.close(),
    }),
    provide(EVENT_STORE, {
      inject: [LOG_GUARD],
      useFactory: (guard) => upcasting(guard.eventStore),
    }),
    provide(ANY_LOG, { inject: [STORED_EVENTS], useFactory: (stored) => upcasting(stored) }),
  ],
  exports: [LOG_GUARD, EVENT_STORE, ANY_LOG, EventStoreModule],
})
export class LogModule {}

/**
 * Refuses to start on an event store that this node can never use. If the event
 * store is only unavailable, the node starts and is not ready.
 * @throws Error that names the account and the missing permission, or the version that is required
 */
async function requireUsableLog(
  eventStore: Pick<EventStore, 'condition'>,
  warn: (message: string) => void,
): Promise<void> {
  try {
    const condition = await eventStore.condition();
    if (condition.state === 'forbidden') throw new Error(condition.cause);
  } catch (error) {
    if (!(error instanceof EventStoreUnavailable) || error instanceof EventStoreUnsupported)
      throw error;
    warn(`event store unavailable at start: ${error.message}`);
  }
}
