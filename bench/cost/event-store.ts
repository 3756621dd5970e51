import { spawn } from 'node:child_process';
import { EventStoreDBClient } from '@eventstore/db-client';
import { nodeCommand } from '../../test/support/eventstoredb/eventstoredb-server.js';
import { track } from './children.js';
import { end, printedBy, untilReady } from './processes.js';
import { freePort } from '../../test/support/services/free-port.js';

export const EVENT_STORES = ['postgres', 'eventstoredb'] as const;
export type EventStoreName = (typeof EVENT_STORES)[number];

/** A node of EventStoreDB in a process of its own, and the settings of a service that uses it. */
export interface EventStoreNode {
  readonly pid?: number;
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * Starts what a service needs to store its domain events: nothing for Postgres. Both commits get
 * the in-test node of this checkout, or what TEST_EVENTSTORE_COMMAND starts.
 */
export async function startEventStore(name: EventStoreName): Promise<EventStoreNode> {
  if (name === 'postgres') return { settings: {}, stop: async () => {} };
  const [port, replicationPort] = [await freePort(), await freePort()];
  const child = spawn(nodeCommand(), {
    shell: true,
    env: {
      ...process.env,
      EVENTSTORE_PORT: String(port),
      EVENTSTORE_REPLICATION_PORT: String(replicationPort),
    },
  });
  track(child);
  const url = `esdb://127.0.0.1:${port}?tls=false`;
  await untilReady(child, () => answers(url), 'The EventStoreDB node', printedBy(child));
  return { pid: child.pid!, settings: { EVENTSTORE_URL: url }, stop: () => end(child) };
}

async function answers(url: string): Promise<boolean> {
  const client = EventStoreDBClient.connectionString(url);
  try {
    const events = client.readAll({ maxCount: 1 });
    await events[Symbol.asyncIterator]().next();
    return true;
  } catch {
    return false;
  } finally {
    await client.dispose();
  }
}
