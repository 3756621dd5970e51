import {
  AppendTooLarge,
  MAX_APPEND_BYTES,
  MAX_EVENT_BYTES,
  type NewEvent,
} from '../../ports/event-store/event-store.js';

/** A domain event with data and metadata as JSON text. */
export interface EncodedEvent {
  id: string;
  type: string;
  data: string;
  metadata: string;
}

/** @throws AppendTooLarge when a domain event or the whole append exceeds its limit */
export function encodeEvents(events: readonly NewEvent[]): EncodedEvent[] {
  return encodeAppend(events).encoded;
}

/** Encodes an append and returns the bytes of all data and metadata. @throws AppendTooLarge */
export function encodeAppend(events: readonly NewEvent[]): {
  encoded: EncodedEvent[];
  bytes: number;
} {
  let total = 0;
  const encoded = events.map(({ id, type, data, metadata, text }) => {
    const event = {
      id,
      type,
      data: text?.data ?? JSON.stringify(data),
      metadata: text?.metadata ?? JSON.stringify(metadata),
    };
    const bytes = Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata);
    if (bytes > MAX_EVENT_BYTES) throw new AppendTooLarge(bytes, MAX_EVENT_BYTES);
    total += bytes;
    if (total > MAX_APPEND_BYTES) throw new AppendTooLarge(total, MAX_APPEND_BYTES);
    return event;
  });
  return { encoded, bytes: total };
}
