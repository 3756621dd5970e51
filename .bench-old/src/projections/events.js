import { EVENT } from '../domain/event/events.js';
import { SEAT_INVENTORY } from '../domain/seat-inventory/events.js';
import { events } from '../read-models/events.js';
import { unknownType } from './projection.js';
/** Of the inventory it needs to know how many sales a cancellation has to undo. */ export const eventsProjection = {
    readModel: events,
    prefixes: [
        EVENT,
        SEAT_INVENTORY
    ],
    project: (recorded)=>{
        const change = recorded.stream.startsWith(EVENT) ? ofEvent(recorded) : ofInventory(recorded);
        return change && [
            change
        ];
    }
};
function ofInventory({ stream, type, data }) {
    const event = {
        type,
        data
    };
    if (event.type !== 'SaleCancelled') return undefined;
    const eventId = stream.slice(SEAT_INVENTORY.length);
    return {
        kind: 'changed',
        eventId,
        salesToUndo: event.data.sales
    };
}
function ofEvent({ type, data }) {
    const event = {
        type,
        data
    };
    switch(event.type){
        case 'EventScheduled':
            return {
                kind: 'scheduled',
                ...event.data
            };
        case 'EventCancelled':
            return {
                kind: 'changed',
                ...event.data
            };
        case 'CancellationFinished':
            {
                const { eventId, finishedAt } = event.data;
                return {
                    kind: 'changed',
                    eventId,
                    finishedAt
                };
            }
        default:
            throw unknownType(event);
    }
}

//# sourceMappingURL=events.js.map