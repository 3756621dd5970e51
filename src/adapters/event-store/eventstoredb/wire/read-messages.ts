import type { Position, RecordedEvent } from '../../../../ports/event-store/event-store.js';
import { MessageReader, encodeMessage, type FieldValue, type Fields } from './protobuf.js';
import { readUuid } from './uuid.js';

/** A message that a read or a subscription receives. */
export type ReadMessage =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  | { readonly kind: 'checkpoint'; readonly position: Position }
  | { readonly kind: 'confirmation' | 'caught-up' | 'no-stream' | 'other' };

export interface StreamQuery {
  readonly stream: string;
  readonly from: bigint | 'end';
  readonly backwards: boolean;
  readonly maxCount: number | undefined;
}

export interface LogQuery {
  readonly from: Position | 'end';
  readonly backwards?: boolean;
  readonly maxCount?: number;
}

export interface SubscriptionQuery {
  readonly after: Position | 'start';
  readonly filter: Fields;
}

const EMPTY: Fields = [];
/** The server takes 0 as no limit and never ends the read then. */
const NO_LIMIT = BigInt(Number.MAX_SAFE_INTEGER);

const FORWARDS = 0;
const BACKWARDS = 1;

export const encodeStreamQuery = ({ stream, from, backwards, maxCount }: StreamQuery): Buffer =>
  encodeOptions(
    [1, [[1, [[3, stream]]], from === 'end' ? [4, EMPTY] : [2, from]]],
    [3, backwards ? BACKWARDS : FORWARDS],
    [5, maxCount ?? NO_LIMIT],
    [8, EMPTY],
  );

export const encodeLogQuery = ({ from, backwards = false, maxCount }: LogQuery): Buffer =>
  encodeOptions(
    [2, from === 'end' ? [[3, EMPTY]] : [[1, position(from)]]],
    [3, backwards ? BACKWARDS : FORWARDS],
    [5, maxCount ?? NO_LIMIT],
    [8, EMPTY],
  );

export const encodeSubscriptionQuery = ({ after, filter }: SubscriptionQuery): Buffer =>
  encodeOptions(
    [2, after === 'start' ? [[2, EMPTY]] : [[1, position(after)]]],
    [6, EMPTY],
    [7, filter],
  );

/** The ids are asked for as text. */
const encodeOptions = (...options: [number, FieldValue][]): Buffer =>
  encodeMessage([[1, [...options, [9, [[2, EMPTY]]]]]]);

const position = ({ commit, prepare }: Position): Fields => [
  [1, commit],
  [2, prepare],
];

const CONFIRMATION: ReadMessage = { kind: 'confirmation' };
const NO_STREAM: ReadMessage = { kind: 'no-stream' };
const CAUGHT_UP: ReadMessage = { kind: 'caught-up' };
const OTHER: ReadMessage = { kind: 'other' };

export function decodeReadMessage(bytes: Buffer): ReadMessage {
  const reader = new MessageReader(bytes);
  let message = OTHER;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) message = readEvent(reader.message()) ?? message;
    else if (field === 3)
      message = { kind: 'checkpoint', position: readPosition(reader.message()) };
    else {
      reader.skip();
      if (field === 2) message = CONFIRMATION;
      else if (field === 4) message = NO_STREAM;
      else if (field === 8) message = CAUGHT_UP;
    }
  }
  return message;
}

function readPosition(reader: MessageReader): Position {
  let commit = 0n;
  let prepare = 0n;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) commit = reader.uint64();
    else if (field === 2) prepare = reader.uint64();
    else reader.skip();
  }
  return { commit, prepare };
}

/** Links are not resolved, so only the record itself is read. */
function readEvent(reader: MessageReader): ReadMessage | undefined {
  let event: RecordedEvent | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) event = readRecord(reader.message());
    else reader.skip();
  }
  return event && { kind: 'event', event };
}

interface RawRecord {
  id: string;
  stream: string;
  revision: bigint;
  prepare: bigint;
  commit: bigint;
  type: string;
  contentType: string;
  created: string;
  metadata: Buffer | undefined;
  data: Buffer | undefined;
}

function readRecord(reader: MessageReader): RecordedEvent {
  const raw: RawRecord = {
    id: '',
    stream: '',
    revision: 0n,
    prepare: 0n,
    commit: 0n,
    type: '',
    contentType: '',
    created: '',
    metadata: undefined,
    data: undefined,
  };
  for (let field = reader.next(); field !== 0; field = reader.next())
    readRecordField(reader, field, raw);
  const { id, stream, revision, type, commit, prepare } = raw;
  return {
    id,
    stream,
    revision,
    type,
    data: raw.contentType === 'application/json' ? parsed(raw.data, String) : raw.data,
    metadata: parsed(raw.metadata, (bytes) => bytes) as RecordedEvent['metadata'],
    recordedAt: toMilliseconds(raw.created),
    position: { commit, prepare },
  };
}

function readRecordField(reader: MessageReader, field: number, raw: RawRecord): void {
  if (field === 1) raw.id = readUuid(reader.message());
  else if (field === 2) raw.stream = readStreamName(reader.message());
  else if (field === 3) raw.revision = reader.uint64();
  else if (field === 4) raw.prepare = reader.uint64();
  else if (field === 5) raw.commit = reader.uint64();
  else if (field === 6) readSystemMetadata(reader.message(), raw);
  else if (field === 7) raw.metadata = reader.bytes();
  else if (field === 8) raw.data = reader.bytes();
  else reader.skip();
}

function readStreamName(reader: MessageReader): string {
  let name = '';
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 3) name = reader.text();
    else reader.skip();
  }
  return name;
}

/** One entry of the map of system metadata. */
function readSystemMetadata(reader: MessageReader, raw: RawRecord): void {
  let key = '';
  let value = '';
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) key = reader.text();
    else if (field === 2) value = reader.text();
    else reader.skip();
  }
  if (key === 'type') raw.type = value;
  else if (key === 'content-type') raw.contentType = value;
  else if (key === 'created') raw.created = value;
}

/** Returns JSON parsed; an empty text as an empty object, and other bytes as `fallback` says. */
function parsed(bytes: Buffer | undefined, fallback: (bytes: Buffer) => unknown): unknown {
  if (bytes === undefined || bytes.length === 0) return {};
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return fallback(bytes);
  }
}

/** From units of 100 nanoseconds since the epoch, as text. */
const toMilliseconds = (created: string): number => Number(created.slice(0, -4));
