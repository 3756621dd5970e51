import {
  MaxAppendSizeExceededError,
  StreamDeletedError,
  UnknownError,
  WrongExpectedVersionError,
  isCommandError,
} from '@eventstore/db-client';
import {
  AppendTooLarge,
  EventStoreUnavailable,
  StreamDeleted,
  WrongExpectedRevision,
  type ExpectedRevision,
} from '../../../ports/event-store/event-store.js';
import type { EncodedEvent } from '../encode.js';
import { NoAnswer } from '../timeout.js';

export interface SentAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly encoded: readonly EncodedEvent[];
}

/** Returns the server's answer to this append; undefined when its outcome is unknown. */
export function serverAnswer(
  error: unknown,
  { stream, expected, encoded }: SentAppend,
): Error | undefined {
  if (error instanceof WrongExpectedVersionError)
    return new WrongExpectedRevision(stream, expected);
  if (error instanceof StreamDeletedError) return new StreamDeleted(stream);
  if (error instanceof MaxAppendSizeExceededError)
    return new AppendTooLarge(bytesOf(encoded), error.maxAppendSize);
  if (
    error instanceof UnknownError &&
    /Server Is (Not Ready|Busy)|No leader|BadRequest/.test(error.message)
  ) {
    return new EventStoreUnavailable(`EventStoreDB rejected the append: ${error.message}.`, {
      cause: error,
    });
  }
  return undefined;
}

/** Counts like the server: two bytes for each character of a type. */
const bytesOf = (events: readonly EncodedEvent[]): number =>
  events.reduce(
    (sum, { type, data, metadata }) =>
      sum + 2 * type.length + Buffer.byteLength(data) + Buffer.byteLength(metadata),
    0,
  );

/**
 * Before its first append a client queries the server's features. Only errors of that query are
 * raw.
 */
export const neverSent = (error: unknown): boolean =>
  !isCommandError(error as Error) && !(error instanceof NoAnswer);

/**
 * The answer to an append has no gRPC code, the end of a stream has one. No answer may mean a dead
 * stream.
 */
export const streamHasFailed = (error: unknown): boolean =>
  error instanceof NoAnswer || (error as { code?: number }).code !== undefined;
