import {
  START,
  type EventStore,
  type NewEvent,
  type Position,
  type RecordedEvent,
  type SubscriptionBatch,
} from '../../../src/ports/event-store/event-store.js';

let made = 0;

/** A UUID that no other call has returned. */
export const nextId = (): string =>
  `00000000-0000-4000-8000-${(++made).toString(16).padStart(12, '0')}`;

export function newEvent(data: unknown = {}, type = 'SeatsBlocked'): NewEvent {
  const commandId = nextId();
  return {
    id: nextId(),
    type,
    data,
    metadata: {
      $correlationId: commandId,
      $causationId: commandId,
      commandId,
      actor: { id: 'account-1', role: 'organizer' },
      schemaVersion: 1,
    },
  };
}

/** Domain events numbered from `first` in their data. */
export const numbered = (count: number, first = 0): NewEvent[] =>
  Array.from({ length: count }, (_, at) => newEvent({ number: first + at }));

export const numbersOf = (events: readonly RecordedEvent[]): number[] =>
  events.map(({ data }) => (data as { number: number }).number);

export async function readAll(events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> {
  const read: RecordedEvent[] = [];
  for await (const event of events) read.push(event);
  return read;
}

export interface Followed {
  events: RecordedEvent[];
  batches: SubscriptionBatch[];
}

export interface FollowOptions {
  prefixes: readonly string[];
  after?: Position;
  maxBatch?: number;
}

/** Reads a subscription until `enough` says so, and ends it. */
export async function follow(
  store: EventStore,
  { after = START, ...options }: FollowOptions,
  enough: (followed: Followed) => boolean,
): Promise<Followed> {
  const controller = new AbortController();
  const followed: Followed = { events: [], batches: [] };
  for await (const batch of store.subscribe({ ...options, after, signal: controller.signal })) {
    followed.batches.push(batch);
    followed.events.push(...batch.events);
    if (enough(followed)) controller.abort();
  }
  return followed;
}

export const count =
  (wanted: number) =>
  ({ events }: Followed): boolean =>
    events.length >= wanted;

export const caughtUp = ({ batches }: Followed): boolean => batches.at(-1)!.caughtUp;

/** Waits for something that is not announced. */
export async function until(condition: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline)
      throw new Error(`Not so within ${timeoutMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
