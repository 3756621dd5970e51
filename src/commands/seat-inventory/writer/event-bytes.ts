import type { DomainEvent } from '../../../domain/shared/domain-event.js';
import {
  AppendTooLarge,
  MAX_APPEND_BYTES,
  MAX_EVENT_BYTES,
} from '../../../ports/event-store/event-store.js';
import { metadataOf, type CommandContext } from '../../shared/context.js';

/** JSON overhead of one domain event and its metadata, without texts and lists. */
const BYTES_OF_SHAPE = 750;
/** The digest of the previous domain event, which the event store adapter adds. */
const BYTES_OF_DIGEST = 64;
/** A UTF-16 code unit as JSON in UTF-8. Control characters are escaped. */
const MAX_BYTES_PER_CHARACTER = 6;
/** The same for texts without control characters, which imports reject. */
const MAX_BYTES_PER_PRINTABLE = 3;
/** A character of ASCII. Quotes and backslashes are escaped. */
const BYTES_PER_ASCII = 2;
/** Two quotes and a comma. */
const BYTES_PER_ENTRY = 3;

/**
 * Returns an upper estimate of the bytes of one append. An exact count costs as much as the append,
 * so it is used only if the estimate exceeds the limit of one domain event.
 * @throws AppendTooLarge when the store would reject these domain events alone
 */
export function bytesOf(events: readonly DomainEvent[], context: CommandContext): number {
  const ofContext = textBytes(
    context.commandId,
    context.correlationId,
    context.causationId,
    context.actor.id,
  );
  const { addressHash, userAgent } = context.client ?? { addressHash: '', userAgent: '' };
  const ofClient = addressHash.length + userAgent.length * BYTES_PER_ASCII;
  const atMost = events.reduce(
    (sum, { data }) => sum + ofContext + ofClient + dataBytes(data as object),
    0,
  );
  return atMost > MAX_EVENT_BYTES ? countBytes(events, context) : atMost;
}

function dataBytes(data: object): number {
  let bytes = BYTES_OF_SHAPE;
  for (const value of Object.values(data) as unknown[]) {
    if (typeof value === 'string') bytes += textBytes(value);
    else if (Array.isArray(value)) bytes += listBytes(value);
  }
  return bytes;
}

function listBytes(list: readonly unknown[]): number {
  let bytes = 0;
  for (const entry of list) {
    const characters = typeof entry === 'string' ? entry.length : JSON.stringify(entry).length;
    bytes += characters * MAX_BYTES_PER_PRINTABLE + BYTES_PER_ENTRY;
  }
  return bytes;
}

function textBytes(...texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length * MAX_BYTES_PER_CHARACTER, 0);
}

function countBytes(events: readonly DomainEvent[], context: CommandContext): number {
  let total = 0;
  for (const { type, data } of events) {
    const ofMetadata =
      Buffer.byteLength(JSON.stringify(metadataOf(context, type))) + BYTES_OF_DIGEST;
    const bytes = Buffer.byteLength(JSON.stringify(data)) + ofMetadata;
    if (bytes > MAX_EVENT_BYTES) throw new AppendTooLarge(bytes, MAX_EVENT_BYTES);
    total += bytes;
  }
  if (total > MAX_APPEND_BYTES) throw new AppendTooLarge(total, MAX_APPEND_BYTES);
  return total;
}
