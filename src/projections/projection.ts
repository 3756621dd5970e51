import type { DomainEvent } from '../domain/shared/domain-event.js';
import type { RecordedEvent } from '../ports/event-store/event-store.js';
import type { ReadModel } from '../read-models/tables/read-model.js';

/**
 * A pure function from a domain event to changes of one read model. Name and version are those of
 * the read model.
 */
export interface Projection<Change> {
  readonly readModel: ReadModel<Change>;
  /** Prefixes of the streams that the projection reads. */
  readonly prefixes: readonly string[];
  /**
   * Returns undefined for a domain event that this read model does not show. An error parks the
   * domain event.
   */
  project(event: RecordedEvent): readonly Change[] | undefined;
}

/** One handler per domain event type; null for a type that the read model does not show. */
export type Handlers<Event extends DomainEvent, Change> = {
  readonly [Type in Event['type']]:
    | ((
        data: Extract<Event, { readonly type: Type }>['data'],
        recorded: RecordedEvent,
      ) => Change | undefined)
    | null;
};

/**
 * Calls the handler of the domain event's type.
 * @throws Error for a type without a handler: newer code wrote it. It must not be skipped, so it is
 * parked.
 */
export function handle<Event extends DomainEvent, Change>(
  handlers: Handlers<Event, Change>,
  recorded: RecordedEvent,
): Change | undefined {
  const type = recorded.type as Event['type'];
  if (!Object.hasOwn(handlers, type))
    throw new Error(`Unknown domain event type ${type}: run the newer version.`);
  return handlers[type]?.(recorded.data as never, recorded);
}
