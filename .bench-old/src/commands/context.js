import { derivedId } from '../domain/derived-id.js';
export { derivedId };
/** Version of the shape of every domain event's `data`, until one changes. */ export const SCHEMA_VERSION = 1;
export function metadataOf(context) {
    return {
        $correlationId: context.correlationId,
        $causationId: context.causationId,
        commandId: context.commandId,
        actor: context.actor,
        schemaVersion: SCHEMA_VERSION
    };
}
/** Domain event ids follow from the command's id, so that an append tried twice is written once. */ export function toNewEvents(events, context) {
    const metadata = metadataOf(context);
    return events.map(({ type, data }, index)=>({
            id: derivedId(context.commandId, index),
            type,
            data,
            metadata
        }));
}

//# sourceMappingURL=context.js.map