import {
  ANY,
  EventStoreDBClient,
  jsonEvent,
  type AppendExpectedRevision,
  type AppendResult,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { nextId } from '../../support/log/domain-events.js';
import { openEventStoreDbNode, type EventStoreDbNode } from '../../support/eventstoredb-node.js';

/** Opens a node and the real client before each test. */
export function openNodeEachTime(
  use: (opened: { node: EventStoreDbNode; client: EventStoreDBClient }) => void,
): void {
  let node: EventStoreDbNode;
  let client: EventStoreDBClient;
  beforeEach(async () => {
    node = await openEventStoreDbNode();
    client = EventStoreDBClient.connectionString(node.connectionString);
    use({ node, client });
  });
  afterEach(async () => {
    await client.dispose();
    await node.close();
  });
}

export const event = (text = 'x', id = nextId()) =>
  jsonEvent({ id, type: 'SeatsBlocked', data: { text } });

/** Appends one domain event per text to the stream `show-1`. */
export const appendTexts = (
  client: EventStoreDBClient,
  texts: readonly string[],
  expectedRevision: AppendExpectedRevision = ANY,
): Promise<AppendResult> =>
  client.appendToStream(
    'show-1',
    texts.map((text) => event(text)),
    { expectedRevision },
  );

export async function read(events: AsyncIterable<ResolvedEvent>): Promise<ResolvedEvent[]> {
  const read: ResolvedEvent[] = [];
  for await (const event of events) read.push(event);
  return read;
}

export async function take(
  events: AsyncIterable<ResolvedEvent>,
  wanted: number,
): Promise<ResolvedEvent[]> {
  const taken: ResolvedEvent[] = [];
  for await (const event of events) if (taken.push(event) === wanted) break;
  return taken;
}
