import { decideCancellation } from '../domain/event/cancel.js';
import { eventStream } from '../domain/event/events.js';
import { evolveEvent } from '../domain/event/state.js';
import { WrongExpectedRevision } from '../ports/event-store.js';
import { appendOnce, NO_STREAM } from './append-once.js';
import { derivedId, toNewEvents } from './context.js';
/** Times that a decision is taken anew because somebody else wrote first. */ const MAX_CONFLICTS = 10;
export async function readEvent(eventStore, eventId) {
    let event;
    let revision = NO_STREAM;
    for await (const recorded of eventStore.readStream(eventStream(eventId))){
        event = evolveEvent(event, recorded);
        ({ revision } = recorded);
    }
    return {
        event,
        revision
    };
}
/** Decides upon the event as the log has it, and appends. @throws EventStoreUnavailable, OutcomeUnknown */ export async function writeCancellation(eventStore, clock, eventId, command, context) {
    for(let conflicts = 0;; conflicts++){
        const { event, revision } = await readEvent(eventStore, eventId);
        const decision = decideCancellation(command, event);
        if (!decision.accepted) return decision;
        if (decision.events.length === 0) return {
            accepted: true,
            event: event
        };
        const commandId = derivedId(context.commandId, command.type, String(revision));
        const stored = toNewEvents(decision.events, {
            ...context,
            commandId
        });
        try {
            await appendOnce(eventStore, clock, eventStream(eventId), revision, stored);
            return {
                accepted: true,
                event: decision.events.reduce(evolveEvent, event)
            };
        } catch (error) {
            if (!(error instanceof WrongExpectedRevision) || conflicts >= MAX_CONFLICTS) throw error;
        }
    }
}

//# sourceMappingURL=event-stream.js.map