import { AppendTooLarge, MAX_APPEND_BYTES, MAX_EVENT_BYTES, type NewEvent } from '../../ports/event-store.js';

/** A domain event as it travels: data and metadata as JSON text. */
export interface EncodedEvent {
  id: string;
  type: string;
  data: string;
  metadata: string;
}

/** @throws AppendTooLarge when one domain event, or all together, are over what the store takes */
export function encodeEvents(events: readonly NewEvent[]): EncodedEvent[] {
  let total = 0;
  return events.map(({ id, type, data, metadata }) => {
    const encoded = { id, type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
    const bytes = Buffer.byteLength(encoded.data) + Buffer.byteLength(encoded.metadata);
    if (bytes > MAX_EVENT_BYTES) throw new AppendTooLarge(bytes, MAX_EVENT_BYTES);
    total += bytes;
    if (total > MAX_APPEND_BYTES) throw new AppendTooLarge(total, MAX_APPEND_BYTES);
    return encoded;
  });
}
