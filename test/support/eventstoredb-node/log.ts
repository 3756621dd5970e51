/**
 * The log of the in-test EventStoreDB node: one list of all domain events and one list per stream,
 * with the server's own rules for expected revisions, idempotent appends, and deleted streams.
 */
export interface ProposedEvent {
  id: string;
  type: string;
  contentType: string;
  data: Uint8Array;
  metadata: Uint8Array;
}

export interface LoggedEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: bigint;
  /**
   * Offset in the log: commit and prepare position alike, as of a server that commits with the
   * prepare.
   */
  readonly position: bigint;
  /** Milliseconds since the epoch. */
  readonly recordedAt: number;
  /** Its wire form, made when first read. */
  encoded?: Buffer;
}

export type Expectation = bigint | 'no-stream' | 'any' | 'stream-exists';

export type AppendOutcome =
  | { kind: 'appended' | 'repeated'; revision: bigint; position: bigint }
  | { kind: 'wrong-revision'; current: bigint | undefined }
  | { kind: 'deleted' };

export type StreamRead =
  { kind: 'found'; events: LoggedEvent[] } | { kind: 'missing' } | { kind: 'deleted' };

/** The server counts two bytes per letter of the event's type. */
export const sizeOnDisk = (event: ProposedEvent): number =>
  event.data.length + event.metadata.length + 2 * event.type.length;

/** Revision of the record that says that a stream is gone for good. */
const TOMBSTONE_REVISION = 2n ** 63n - 1n;
/** The bytes of one record's frame: positions are offsets, so they have gaps. */
const RECORD_OVERHEAD_BYTES = 96;

interface StreamState {
  /** All of them, scavenging aside; the index is the revision. */
  events: LoggedEvent[];
  /** Revisions below are not read any more; Infinity after a delete. */
  truncatedBefore: number;
  tombstoned: boolean;
}

export interface EventLog {
  readonly all: readonly LoggedEvent[];
  append(stream: string, expected: Expectation, events: readonly ProposedEvent[]): AppendOutcome;
  /** Soft: the stream reads as missing until the next append, which continues its revisions. */
  deleteStream(stream: string, expected: Expectation): AppendOutcome;
  /** For good: every later read and append is refused. */
  tombstone(stream: string, expected: Expectation): AppendOutcome;
  read(stream: string, from: bigint | 'end', backwards: boolean, maxCount: number): StreamRead;
  /** Index in `all` of the first domain event at or after a position. */
  indexAt(position: bigint): number;
  /** Position of the next record. */
  end(): bigint;
  onGrowth(listener: () => void): () => void;
  /**
   * Drops every record after the first `length`, as a server does that starts on an older copy of
   * its files.
   */
  truncate(length: number): void;
}

/**
 * @param records of an earlier log, in log order: they keep their positions, revisions and times
 * @throws Error when a record's revision does not follow the one before it in its stream
 */
export const createLog = (
  now: () => number = Date.now,
  records: readonly LoggedEvent[] = [],
): EventLog => new MemoryLog(now, records);

class MemoryLog implements EventLog {
  readonly all: LoggedEvent[] = [];
  private readonly streams = new Map<string, StreamState>();
  private readonly byId = new Map<string, LoggedEvent>();
  private readonly listeners = new Set<() => void>();
  private nextPosition = 0n;

  constructor(
    private readonly now: () => number,
    records: readonly LoggedEvent[],
  ) {
    for (const record of records) {
      const { events } = this.stateOf(record.stream);
      if (record.revision !== BigInt(events.length)) {
        throw new Error(
          `${record.stream} has no revision ${events.length} before ${record.revision}.`,
        );
      }
      events.push(record);
      this.keep(record);
    }
  }

  append(stream: string, expected: Expectation, events: readonly ProposedEvent[]): AppendOutcome {
    const verdict = this.check(stream, expected, events);
    if (verdict !== 'write') return verdict;
    const target = this.stateOf(stream);
    if (target.truncatedBefore === Infinity) target.truncatedBefore = target.events.length;
    for (const event of events)
      target.events.push(this.write(stream, BigInt(target.events.length), event));
    this.notify();
    const last = target.events.at(-1)!;
    return { kind: 'appended', revision: last.revision, position: last.position };
  }

  deleteStream(stream: string, expected: Expectation): AppendOutcome {
    const verdict = this.check(stream, expected, []);
    if (verdict !== 'write') return verdict;
    this.stateOf(stream).truncatedBefore = Infinity;
    return this.append(`$$${stream}`, 'any', [
      systemEvent('$metadata', `{"$tb":${TOMBSTONE_REVISION}}`),
    ]);
  }

  tombstone(stream: string, expected: Expectation): AppendOutcome {
    const verdict = this.check(stream, expected, []);
    if (verdict !== 'write') return verdict;
    this.stateOf(stream).tombstoned = true;
    const { revision, position } = this.write(
      stream,
      TOMBSTONE_REVISION,
      systemEvent('$streamDeleted', ''),
    );
    this.notify();
    return { kind: 'appended', revision, position };
  }

  read(stream: string, from: bigint | 'end', backwards: boolean, maxCount: number): StreamRead {
    const state = this.streams.get(stream);
    if (state?.tombstoned) return { kind: 'deleted' };
    if (!state || state.events.length === 0 || state.truncatedBefore === Infinity)
      return { kind: 'missing' };
    const { events, truncatedBefore } = state;
    if (!backwards) {
      const first = Math.max(from === 'end' ? events.length : Number(from), truncatedBefore);
      return { kind: 'found', events: events.slice(first, first + maxCount) };
    }
    const last = Math.min(from === 'end' ? events.length - 1 : Number(from), events.length - 1);
    const stop = Math.max(last + 1 - maxCount, truncatedBefore);
    return { kind: 'found', events: events.slice(stop, last + 1).reverse() };
  }

  indexAt(position: bigint): number {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.all[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  end(): bigint {
    return this.nextPosition;
  }

  onGrowth(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  truncate(length: number): void {
    const dropped = this.all.splice(length);
    const end = dropped[0]?.position ?? this.nextPosition;
    this.nextPosition = end;
    for (const { id } of dropped) this.byId.delete(id);
    for (const [name, state] of this.streams) {
      state.events = state.events.filter(({ position }) => position < end);
      if (state.events.length === 0) this.streams.delete(name);
    }
  }

  private check(stream: string, expected: Expectation, events: readonly ProposedEvent[]) {
    return check(this.streams.get(stream), this.byId, stream, expected, events);
  }

  private stateOf(stream: string): StreamState {
    let state = this.streams.get(stream);
    if (!state)
      this.streams.set(stream, (state = { events: [], truncatedBefore: 0, tombstoned: false }));
    return state;
  }

  private write(stream: string, revision: bigint, event: ProposedEvent): LoggedEvent {
    const position = this.nextPosition;
    const logged: LoggedEvent = { ...event, stream, revision, position, recordedAt: this.now() };
    this.keep(logged);
    return logged;
  }

  private keep(record: LoggedEvent): void {
    this.all.push(record);
    this.byId.set(record.id, record);
    this.nextPosition = record.position + BigInt(RECORD_OVERHEAD_BYTES + sizeOnDisk(record));
  }

  private notify(): void {
    this.listeners.forEach((listener) => listener());
  }
}

/** The server's `CheckCommit`, rule by rule in its order. */
function check(
  state: StreamState | undefined,
  byId: ReadonlyMap<string, LoggedEvent>,
  stream: string,
  expected: Expectation,
  events: readonly ProposedEvent[],
): AppendOutcome | 'write' {
  if (state?.tombstoned) return { kind: 'deleted' };
  if (expected === 'any') return checkKnown(state, byId, stream, events);
  if (expected === 'stream-exists') {
    if (state?.truncatedBefore === Infinity) return { kind: 'deleted' };
    if (lastRevision(state) < 0n) return wrongRevision(state);
    return checkKnown(state, byId, stream, events);
  }
  return checkRevision(state, expected === 'no-stream' ? -1n : expected, events);
}

/** Without an expected revision, the ids alone show a repetition. */
function checkKnown(
  state: StreamState | undefined,
  byId: ReadonlyMap<string, LoggedEvent>,
  stream: string,
  events: readonly ProposedEvent[],
): AppendOutcome | 'write' {
  const known = events.map(({ id }) => byId.get(id)).filter((event) => event?.stream === stream);
  if (known.length === 0 || byId.get(events[0]!.id)?.stream !== stream) return 'write';
  return known.length === events.length ? repeated(known.at(-1)!) : wrongRevision(state);
}

function checkRevision(
  state: StreamState | undefined,
  before: bigint,
  events: readonly ProposedEvent[],
): AppendOutcome | 'write' {
  const current = lastRevision(state);
  if (before > current) return wrongRevision(state);
  if (before === current) return 'write';
  const isSoftDeleted = state!.truncatedBefore === Infinity;
  for (const [at, { id }] of events.entries()) {
    const standing = state!.events[Number(before) + 1 + at];
    if (standing?.id === id) continue;
    return at === 0 && before < 0n && isSoftDeleted ? 'write' : wrongRevision(state);
  }
  return events.length === 0
    ? wrongRevision(state)
    : repeated(state!.events[Number(before) + events.length]!);
}

const lastRevision = (state: StreamState | undefined): bigint =>
  BigInt(state?.events.length ?? 0) - 1n;

function wrongRevision(state: StreamState | undefined): AppendOutcome {
  const current = lastRevision(state);
  return { kind: 'wrong-revision', current: current < 0n ? undefined : current };
}

const repeated = ({ revision, position }: LoggedEvent): AppendOutcome => ({
  kind: 'repeated',
  revision,
  position,
});

const systemEvent = (type: string, json: string): ProposedEvent => ({
  id: crypto.randomUUID(),
  type,
  contentType: json ? 'application/json' : 'application/octet-stream',
  data: Buffer.from(json),
  metadata: new Uint8Array(),
});
