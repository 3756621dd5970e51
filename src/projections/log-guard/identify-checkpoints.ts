import type pg from 'pg';
import { anySignal } from '../../ports/system/any-signal.js';
import {
  comparePositions,
  START,
  type EventStore,
  type Position,
  type RecordedEvent,
} from '../../ports/event-store/event-store.js';
import { storeIdentity, type LiveCheckpoint } from '../runner/checkpoints.js';
import type { Projection } from '../projection.js';

/** Domain events per read. */
const PAGE = 2_000;

type Positioned = Pick<LiveCheckpoint, 'position'>;

const lastPosition = (checkpoints: readonly Positioned[]): Position =>
  checkpoints
    .map(({ position }) => position)
    .reduce((a, b) => (comparePositions(a, b) > 0 ? a : b));

/**
 * Returns the mismatch, described for an operator, if the log ends before a received domain event.
 */
export async function logEndMismatch(
  store: Pick<EventStore, 'end'>,
  checkpoints: readonly Positioned[],
): Promise<string | undefined> {
  const last = lastPosition(checkpoints);
  const end = await store.end();
  if (comparePositions(end, last) >= 0) return undefined;
  const expected = `Expected a domain event at position ${format(last)}`;
  return `${expected}, found the end of the log at ${format(end)}`;
}

const format = ({ commit, prepare }: Position): string => `${commit}/${prepare}`;

export interface IdentifyingParts {
  readonly store: EventStore;
  readonly db: pg.Pool;
  // The change types of the projections differ.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly projections: readonly Projection<any>[];
  readonly signal: AbortSignal;
}

/**
 * Finds and stores the last domain event of each of these checkpoints, after an upgrade from a
 * release that stored only positions. Reads the log once, from its beginning: EventStoreDB accepts
 * no position that is not that of a record, so no later start is possible.
 */
export async function identifyCheckpoints(
  { store, db, projections, signal }: IdentifyingParts,
  checkpoints: readonly LiveCheckpoint[],
): Promise<void> {
  const upTo = lastPosition(checkpoints);
  const searches = checkpoints.map((checkpoint) => ({
    checkpoint,
    prefixes: projections.find(({ readModel }) => readModel.name === checkpoint.tables.name)!
      .prefixes,
    found: undefined as RecordedEvent | undefined,
  }));
  const reading = new AbortController();
  const options = { prefixes: [''], after: START, maxBatch: PAGE };
  const ended = anySignal([signal, reading.signal]);
  for await (const { events, checkpoint } of store.subscribe({ ...options, signal: ended })) {
    for (const event of events)
      for (const search of searches)
        if (isReceived(event, search.prefixes, search.checkpoint.position)) search.found = event;
    if (comparePositions(checkpoint, upTo) >= 0) break;
  }
  reading.abort();
  if (signal.aborted) return;
  for (const { checkpoint, found } of searches)
    if (found) await storeIdentity(db, checkpoint, found);
}

const isReceived = (
  { stream, position }: RecordedEvent,
  prefixes: readonly string[],
  upTo: Position,
): boolean =>
  prefixes.some((prefix) => stream.startsWith(prefix)) && comparePositions(position, upTo) <= 0;
