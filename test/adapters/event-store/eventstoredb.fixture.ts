import { openEventStoreDb } from '../../../src/adapters/event-store/eventstoredb/eventstoredb.js';
import type { EventStore } from '../../../src/ports/event-store/event-store.js';
import { openEventStoreDbNode, type EventStoreDbNode } from '../../support/eventstoredb-node.js';

/** Short, so that the tests need not wait; an append to the node takes a few milliseconds. */
export const APPEND_TIMEOUT_MS = 800;
const LEADER_WAIT_MS = 300;

export interface OpenedStore {
  readonly node: EventStoreDbNode;
  readonly store: EventStore;
}

/** Opens a node and a store before each test. Returns a function that opens another store. */
export function openEachTime(
  use: (opened: OpenedStore) => void,
): (
  connectionString?: string,
  appendTimeoutMs?: number,
  warn?: (message: string) => void,
) => EventStore {
  let node: EventStoreDbNode;
  const stores: EventStore[] = [];
  const open = (
    connectionString = node.connectionString,
    appendTimeoutMs = APPEND_TIMEOUT_MS,
    warn: (message: string) => void = () => {},
  ) => {
    const store = openEventStoreDb({
      connectionString,
      appendTimeoutMs,
      leaderWaitMs: LEADER_WAIT_MS,
      warn,
    });
    stores.push(store);
    return store;
  };
  beforeEach(async () => {
    node = await openEventStoreDbNode();
    use({ node, store: open() });
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((each) => each.close()));
    await node.close();
  });
  return open;
}

/** Returns the result of an append, or its error. */
export const outcome = (append: Promise<unknown>): Promise<unknown> =>
  append.catch((error: unknown) => error);
