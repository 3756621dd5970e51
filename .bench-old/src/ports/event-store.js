/** EventStoreDB refuses an append over 1 MiB; we stay clear of it. Bytes of one domain event, data and metadata. */ export const MAX_EVENT_BYTES = 256 * 1024;
/** Bytes of all domain events of one append, data and metadata together. */ export const MAX_APPEND_BYTES = 900 * 1024;
export const START = {
    commit: -1n,
    prepare: -1n
};
export function comparePositions(a, b) {
    if (a.commit !== b.commit) return a.commit < b.commit ? -1 : 1;
    if (a.prepare !== b.prepare) return a.prepare < b.prepare ? -1 : 1;
    return 0;
}
export class WrongExpectedRevision extends Error {
    stream;
    expected;
    name = 'WrongExpectedRevision';
    constructor(stream, expected){
        super(`Stream ${stream} is not at revision ${expected}.`), this.stream = stream, this.expected = expected;
    }
}
export class AppendTooLarge extends Error {
    bytes;
    limit;
    name = 'AppendTooLarge';
    constructor(bytes, limit){
        super(`An append of ${bytes} bytes is over the limit of ${limit} bytes.`), this.bytes = bytes, this.limit = limit;
    }
}
export class StreamDeleted extends Error {
    stream;
    name = 'StreamDeleted';
    constructor(stream){
        super(`Stream ${stream} has been deleted.`), this.stream = stream;
    }
}
export class AmbiguousAppend extends Error {
    stream;
    name = 'AmbiguousAppend';
    constructor(stream, options){
        super(`It is not known whether the append to ${stream} has landed.`, options), this.stream = stream;
    }
}
export class EventStoreUnavailable extends Error {
    name = 'EventStoreUnavailable';
    constructor(message, options){
        super(message, options);
    }
}

//# sourceMappingURL=event-store.js.map