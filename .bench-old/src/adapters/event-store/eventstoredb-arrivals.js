import { comparePositions } from '../../ports/event-store.js';
import { toRecordedEvent } from './eventstoredb-read.js';
/**
 * A checkpoint of the server is believed only when the server has said something later. Servers before 21.10.11
 * and 22.10.4 may send one that lies ahead of a domain event still to come (KurrentDB #4023): resumed after it,
 * that event would be lost.
 */ export function collectArrivals(after, maxBatch) {
    let waiting = [];
    let lastEvent = after;
    /** A checkpoint that waits to be believed. */ let mark;
    let believed = after;
    let taken = after;
    return {
        add (event) {
            // A server may repeat itself, a log cannot go back.
            if (comparePositions(event.position, lastEvent) <= 0) return;
            lastEvent = event.position;
            believed = later(believed, lastEvent);
            if (mark && comparePositions(lastEvent, mark) <= 0) mark = undefined;
            // The record that ends a deleted stream carries the stream's name, but is no domain event.
            if (!event.type.startsWith('$')) waiting.push(toRecordedEvent(event));
        },
        addCheckpoint (position) {
            if (mark && comparePositions(position, mark) <= 0) return;
            if (mark) believed = later(believed, mark);
            mark = position;
        },
        count: ()=>waiting.length,
        isFull: ()=>waiting.length >= maxBatch,
        haveNews: ()=>waiting.length > 0 || comparePositions(believed, taken) > 0,
        take () {
            const events = waiting.slice(0, maxBatch);
            waiting = waiting.slice(maxBatch);
            const drained = waiting.length === 0;
            taken = drained ? believed : events.at(-1).position;
            return {
                events,
                checkpoint: taken,
                drained
            };
        },
        furthest: ()=>mark ? later(mark, lastEvent) : lastEvent
    };
}
const later = (a, b)=>comparePositions(a, b) > 0 ? a : b;

//# sourceMappingURL=eventstoredb-arrivals.js.map