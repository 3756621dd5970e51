import {
  EventStoreUnavailable,
  EventStoreUnsupported,
  type EventStore,
} from '../ports/event-store/event-store.js';

/**
 * Refuses to start on an event store that this node can never use. If the event
 * store is only unavailable, the node starts and is not ready.
 * @throws Error that names the account and the missing permission, or the version that is required
 */
export async function expectUsableLog(
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
