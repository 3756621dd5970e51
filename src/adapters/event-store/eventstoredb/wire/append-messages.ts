import { AccessDeniedError } from '@eventstore/db-client';
import {
  AppendTooLarge,
  EventStoreUnavailable,
  StreamDeleted,
  WrongExpectedRevision,
  type ExpectedRevision,
} from '../../../../ports/event-store/event-store.js';
import type { EncodedEvent } from '../../encode.js';
import { MessageReader, encodeMessage, type Fields } from './protobuf.js';
import { readUuid } from './uuid.js';

export interface SentAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly encoded: readonly EncodedEvent[];
}

/** The server's answer to one append. */
export interface AppendAnswer {
  readonly correlationId: string;
  /** Revision of the last domain event. */
  readonly revision: bigint;
  readonly error: Status | undefined;
}

export interface Status {
  message: string;
  /** Name of the message in `details`, without its package. */
  type: string;
  details: Buffer;
}

const EMPTY: Fields = [];

/** @param deadlineMs instant that the server compares with its own clock */
export function encodeAppend(
  { stream, expected, encoded }: SentAppend,
  correlationId: string,
  deadlineMs: number,
): Buffer {
  const options: Fields = [
    [1, [[3, stream]]],
    expected === 'no-stream' ? [3, EMPTY] : [2, expected],
    [6, [[1, Math.floor(deadlineMs / 1_000)]]],
  ];
  return encodeMessage([
    [1, [[2, correlationId]]],
    [2, options],
    ...encoded.map((event) => [3, proposed(event)] as const),
    [4, true],
  ]);
}

const proposed = ({ id, type, data, metadata }: EncodedEvent): Fields => [
  [1, [[2, id]]],
  [2, entry('type', type)],
  [2, entry('content-type', 'application/json')],
  [3, metadata],
  [4, data],
];

/** One entry of a map. */
const entry = (key: string, value: string): Fields => [
  [1, key],
  [2, value],
];

export function decodeAppendAnswer(bytes: Buffer): AppendAnswer {
  const reader = new MessageReader(bytes);
  let correlationId = '';
  let revision = 0n;
  let error: Status | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) correlationId = readUuid(reader.message());
    else if (field === 2) error = readStatus(reader.message());
    else if (field === 3) revision = firstNumber(reader.message());
    else reader.skip();
  }
  return { correlationId, revision, error };
}

function readStatus(reader: MessageReader): Status {
  const status: Status = { message: '', type: '', details: Buffer.alloc(0) };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 2) status.message = reader.text();
    else if (field === 3) readDetails(reader.message(), status);
    else reader.skip();
  }
  return status;
}

function readDetails(reader: MessageReader, status: Status): void {
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) status.type = reader.text().split('.').at(-1)!;
    else if (field === 2) status.details = reader.bytes();
    else reader.skip();
  }
}

/** Value of field 1. */
function firstNumber(reader: MessageReader): bigint {
  let value = 0n;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) value = reader.uint64();
    else reader.skip();
  }
  return value;
}

/** The server refuses at a moment when it cannot write: nothing was appended. */
export const isNotReady = (message: string): boolean =>
  /Server Is (Not Ready|Busy)|No leader|BadRequest/.test(message);

/** The answer as an error of the port; undefined when the outcome is unknown. */
export function rejectionOf(
  { message, type, details }: Status,
  { stream, expected, encoded }: SentAppend,
): Error | undefined {
  if (type === 'WrongExpectedVersion') return new WrongExpectedRevision(stream, expected);
  if (type === 'StreamDeleted') return new StreamDeleted(stream);
  if (type === 'AccessDenied') return new AccessDeniedError();
  if (type === 'MaximumAppendSizeExceeded') {
    const limit = Number(firstNumber(new MessageReader(details)));
    return new AppendTooLarge(bytesOf(encoded), limit);
  }
  if (type === 'BadRequest' || isNotReady(message))
    return new EventStoreUnavailable(`EventStoreDB rejected the append: ${message || type}.`);
  return undefined;
}

/** Counts like the server: two bytes for each character of a type. */
const bytesOf = (events: readonly EncodedEvent[]): number =>
  events.reduce(
    (sum, { type, data, metadata }) =>
      sum + 2 * type.length + Buffer.byteLength(data) + Buffer.byteLength(metadata),
    0,
  );
