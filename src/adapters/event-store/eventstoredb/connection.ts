import { setTimeout } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { EventStoreUnavailable } from '../../../ports/event-store/event-store.js';

/**
 * A client in use. It stays open until it is released, even when newer calls already get another
 * one.
 */
export interface Lease {
  readonly client: EventStoreDBClient;
  /** The client could not reach the event store: calls from now on get a fresh one. */
  failed(): void;
  release(): void;
}

export interface Connection {
  readonly connectionString: string;
  /** @throws EventStoreUnavailable once it is closed */
  lease(): Lease;
  /** Ends the calls in progress, which fail. */
  close(): Promise<void>;
}

/**
 * A client is not replaced before this age, so that an outage does not become a storm of
 * connections. Milliseconds.
 */
const MIN_CLIENT_AGE_MS = 1_000;
/** A canceled call ends well within this time. Milliseconds. */
const MAX_DISPOSE_MS = 250;
const DEFAULT_KEEP_ALIVE_TIMEOUT_MS = 10_000;
/** Different clients differ by up to this much in their keep-alive timeout. Milliseconds. */
const CLIENT_VARIANTS = 1_000;

interface Entry {
  readonly client: EventStoreDBClient;
  readonly openedAt: number;
  leases: number;
}

let clientsOpened = 0;

/**
 * Opens a client with a network connection of its own. The gRPC library shares connections between
 * all clients of a process with the same settings, so one setting differs by a millisecond. Then a
 * long read does not delay appends, and a new client does not get a connection that no longer
 * answers.
 */
export function openClient(connectionString: string): EventStoreDBClient {
  const base = connectionString.trim().replace(/\/+$/, '');
  const given = /[?&]keep[_-]?alive[_-]?timeout=(-?\d+)/i.exec(base);
  const timeout = given ? Number(given[1]) : DEFAULT_KEEP_ALIVE_TIMEOUT_MS;
  if (timeout < 0) return EventStoreDBClient.connectionString(base);
  const setting = `keepAliveTimeout=${timeout + (clientsOpened++ % CLIENT_VARIANTS)}`;
  return EventStoreDBClient.connectionString(`${base}${base.includes('?') ? '&' : '?'}${setting}`);
}

/**
 * Ends a client's calls and its network connection, which its own `dispose` leaves open for half an
 * hour. That `dispose` also never resolves when the server has ended a call without an error, so
 * the wait for it is limited.
 */
export async function closeClient(client: EventStoreDBClient): Promise<void> {
  const givenUp = new AbortController();
  await Promise.race([client.dispose(), setTimeout(MAX_DISPOSE_MS, undefined, givenUp)]);
  givenUp.abort();
  const { getChannel } = client as unknown as { getChannel(): Promise<{ close(): void }> };
  // Not waited for: a client of a cluster that has lost its channel first looks for a new one.
  void getChannel().then(
    (channel) => channel.close(),
    () => {},
  );
}

/** The client for reads and subscriptions, replaced when it cannot reach the event store. */
export function openConnection(connectionString: string): Connection {
  const open = new Set<Entry>();
  let current: Entry | undefined;
  let closed = false;

  const close = async (entry: Entry): Promise<void> => {
    open.delete(entry);
    await closeClient(entry.client);
  };

  return {
    connectionString,
    lease() {
      if (closed) throw new EventStoreUnavailable('The event store is closed.');
      const entry: Entry = (current ??= {
        client: openClient(connectionString),
        openedAt: performance.now(),
        leases: 0,
      });
      open.add(entry);
      entry.leases++;
      let released = false;
      return {
        client: entry.client,
        failed() {
          if (current === entry && performance.now() - entry.openedAt >= MIN_CLIENT_AGE_MS)
            current = undefined;
        },
        release() {
          if (released) return;
          released = true;
          entry.leases--;
          if (entry.leases === 0 && current !== entry) void close(entry);
        },
      };
    },
    async close() {
      closed = true;
      current = undefined;
      await Promise.all([...open].map(close));
    },
  };
}
