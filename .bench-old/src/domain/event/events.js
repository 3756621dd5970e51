/** Stream of one event: the show being sold, not what is stored. */ export const EVENT = 'event-';
export const eventStream = (eventId)=>EVENT + eventId;

//# sourceMappingURL=events.js.map