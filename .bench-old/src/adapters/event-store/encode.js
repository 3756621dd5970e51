import { AppendTooLarge, MAX_APPEND_BYTES, MAX_EVENT_BYTES } from '../../ports/event-store.js';
/** @throws AppendTooLarge when one domain event, or all together, are over what the store takes */ export function encodeEvents(events) {
    return encodeAppend(events).encoded;
}
/** The same, with the bytes of all data and metadata. */ export function encodeAppend(events) {
    let total = 0;
    const encoded = events.map(({ id, type, data, metadata })=>{
        const event = {
            id,
            type,
            data: JSON.stringify(data),
            metadata: JSON.stringify(metadata)
        };
        const bytes = Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata);
        if (bytes > MAX_EVENT_BYTES) throw new AppendTooLarge(bytes, MAX_EVENT_BYTES);
        total += bytes;
        if (total > MAX_APPEND_BYTES) throw new AppendTooLarge(total, MAX_APPEND_BYTES);
        return event;
    });
    return {
        encoded,
        bytes: total
    };
}

//# sourceMappingURL=encode.js.map