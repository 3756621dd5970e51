import { accept, reject } from '../domain-event.js';
/** An event is cancelled once, for good. */ export function decideCancellation(command, event) {
    if (!event) return reject({
        code: 'event-not-found'
    });
    const { eventId, cancellation } = event;
    const at = new Date(command.now).toISOString();
    if (command.type === 'CancelEvent') {
        if (cancellation) return accept();
        return accept({
            type: 'EventCancelled',
            data: {
                eventId,
                reason: command.reason,
                cancelledAt: at
            }
        });
    }
    if (!cancellation) return reject({
        code: 'event-not-cancelled'
    });
    if (cancellation.finishedAt) return accept();
    return accept({
        type: 'CancellationFinished',
        data: {
            eventId,
            sales: command.sales,
            finishedAt: at
        }
    });
}

//# sourceMappingURL=cancel.js.map