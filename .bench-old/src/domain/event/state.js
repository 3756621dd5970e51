export function evolveEvent(event, domainEvent) {
    if (domainEvent.type === 'EventScheduled') return domainEvent.data;
    if (!event) throw new Error(`${domainEvent.type} of an event that was never scheduled.`);
    switch(domainEvent.type){
        case 'EventCancelled':
            {
                const { reason, cancelledAt } = domainEvent.data;
                return {
                    ...event,
                    cancellation: {
                        reason,
                        cancelledAt
                    }
                };
            }
        case 'CancellationFinished':
            {
                const { finishedAt } = domainEvent.data;
                return {
                    ...event,
                    cancellation: {
                        ...event.cancellation,
                        finishedAt
                    }
                };
            }
        default:
            throw new Error(`Unknown domain event type ${domainEvent.type}: run the newer version.`);
    }
}

//# sourceMappingURL=state.js.map