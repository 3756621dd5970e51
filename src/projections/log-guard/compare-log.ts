import type pg from 'pg';
import {
  StreamDeleted,
  type EventStore,
  type RecordedEvent,
} from '../../ports/event-store/event-store.js';
import {
  isSameId,
  LOG_TRUST_MS,
  readBack,
  type EventIdentity,
} from '../../ports/event-store/log-identity.js';
import type { LiveCheckpoint } from '../runner/checkpoints.js';

/** Maximum of domain events per batch that are read back because a silence followed them. */
const MAX_READ_BACK = 4;

/** A domain event that a read model or a subscription has received. */
export interface ReceivedEvent extends EventIdentity {
  /** Milliseconds since the epoch; undefined if only its checkpoint is known. */
  readonly recordedAt?: number;
}

/** Copies without the data, which would stay in memory. */
export const withoutData = ({
  stream,
  revision,
  id,
  recordedAt,
}: ReceivedEvent): ReceivedEvent => ({ stream, revision, id, recordedAt });

export const receivedBy = (checkpoint: LiveCheckpoint | undefined): ReceivedEvent | undefined =>
  checkpoint?.identity && { ...checkpoint.identity, recordedAt: checkpoint.recordedAt };

/**
 * Returns whether an acceptance is unfinished, and the number of the last finished one (0: none).
 */
export async function acceptances(
  db: pg.Pool,
): Promise<{ isUnfinished: boolean; lastFinished: number }> {
  const { rows } = await db.query<{ isUnfinished: boolean; lastFinished: number }>({
    name: 'log-acceptances',
    text: `select coalesce(bool_or(finished_at is null), false) as "isUnfinished",
             coalesce(max(id) filter (where finished_at is not null), 0)::int as "lastFinished"
           from log_acceptances`,
  });
  return rows[0]!;
}

/**
 * Returns the mismatches between the log and the last domain events of these checkpoints, described
 * for an operator. Reads each domain event once.
 * @throws EventStoreUnavailable
 */
export async function mismatches(
  store: EventStore,
  checkpoints: readonly LiveCheckpoint[],
): Promise<Set<string>> {
  const byKey = new Map<string, Promise<string | undefined>>();
  for (const { identity } of checkpoints) {
    if (!identity) continue;
    const key = `${identity.stream} ${identity.revision} ${identity.id}`;
    if (!byKey.has(key)) byKey.set(key, mismatchOf(store, identity));
  }
  const found = await Promise.all(byKey.values());
  return new Set(found.filter((mismatch) => mismatch !== undefined));
}

/**
 * Returns the mismatch, described for an operator; undefined when the log has the domain event.
 * @throws EventStoreUnavailable
 */
export async function mismatchOf(
  store: EventStore,
  expected: EventIdentity,
): Promise<string | undefined> {
  const { stream, revision, id } = expected;
  let found: EventIdentity | undefined;
  try {
    found = await readBack(store, expected);
  } catch (error) {
    if (!(error instanceof StreamDeleted)) throw error;
  }
  if (found && isSameId(found.id, id)) return undefined;
  const actual = found ? `domain event ${found.id}` : 'nothing';
  return `Expected domain event ${id} at ${stream}@${revision}, found ${actual}`;
}

/**
 * Returns the last few domain events that were followed by a silence long enough to replace a log.
 * @param before the domain event before the first one; its time may be unknown
 */
export function eventsBeforeSilence(
  before: ReceivedEvent | undefined,
  events: readonly RecordedEvent[],
): EventIdentity[] {
  const found: EventIdentity[] = [];
  let last = before;
  for (const event of events) {
    // The clock of another server may be behind.
    const silence = Math.abs(event.recordedAt - (last?.recordedAt ?? -Infinity));
    if (last && silence >= LOG_TRUST_MS) found.push(last);
    last = event;
  }
  return found.slice(-MAX_READ_BACK);
}
