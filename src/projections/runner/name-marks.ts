import type pg from 'pg';
import { anySignal } from '../../ports/system/any-signal.js';
import {
  comparePositions,
  START,
  type EventStore,
  type Position,
  type RecordedEvent,
} from '../../ports/event-store/event-store.js';
import { nameMark, type Mark } from './checkpoints.js';
import type { Projection } from '../projection.js';

/** Domain events per read. */
const PAGE = 2_000;

type Positioned = Pick<Mark, 'position'>;

const lastOf = (marks: readonly Positioned[]): Position =>
  marks.map(({ position }) => position).reduce((a, b) => (comparePositions(a, b) > 0 ? a : b));

/** The mismatch, described for an operator, if the log ends before a received domain event; else undefined. */
export async function endsBefore(
  store: Pick<EventStore, 'end'>,
  marks: readonly Positioned[],
): Promise<string | undefined> {
  const last = lastOf(marks);
  const end = await store.end();
  if (comparePositions(end, last) >= 0) return undefined;
  return `Expected a domain event at position ${inWords(last)}, found the end of the log at ${inWords(end)}`;
}

const inWords = ({ commit, prepare }: Position): string => `${commit}/${prepare}`;

export interface NamingParts {
  readonly store: EventStore;
  readonly db: pg.Pool;
  // The change types of the projections differ.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly projections: readonly Projection<any>[];
  readonly signal: AbortSignal;
}

/**
 * Finds and stores the last domain event of each of these checkpoints, after an upgrade from a release
 * that stored only positions. Reads the log once, from its beginning: EventStoreDB accepts no position that is not
 * that of a record, so no later start is possible.
 */
export async function nameMarks(
  { store, db, projections, signal }: NamingParts,
  marks: readonly Mark[],
): Promise<void> {
  const upTo = lastOf(marks);
  const wanted = marks.map((mark) => ({
    mark,
    prefixes: projections.find(({ readModel }) => readModel.name === mark.tables.name)!.prefixes,
    found: undefined as RecordedEvent | undefined,
  }));
  const reading = new AbortController();
  const options = { prefixes: [''], after: START, maxBatch: PAGE };
  const ended = anySignal([signal, reading.signal]);
  for await (const { events, checkpoint } of store.subscribe({ ...options, signal: ended })) {
    for (const event of events)
      for (const one of wanted)
        if (isReceived(event, one.prefixes, one.mark.position)) one.found = event;
    if (comparePositions(checkpoint, upTo) >= 0) break;
  }
  reading.abort();
  if (signal.aborted) return;
  for (const { mark, found } of wanted) if (found) await nameMark(db, mark, found);
}

const isReceived = (
  { stream, position }: RecordedEvent,
  prefixes: readonly string[],
  upTo: Position,
): boolean =>
  prefixes.some((prefix) => stream.startsWith(prefix)) && comparePositions(position, upTo) <= 0;
