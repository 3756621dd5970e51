import type { RecordedEvent } from '../ports/event-store/event-store.js';
import type { ReadModel } from '../read-models/tables/read-model.js';

/** A pure function from a domain event to changes of one read model, which gives it its name and version. */
export interface Projection<Change> {
  readonly readModel: ReadModel<Change>;
  /** Only domain events of streams whose name begins with one of these. */
  readonly prefixes: readonly string[];
  /** Nothing for a domain event that this read model does not show. A throw parks the domain event. */
  project(event: RecordedEvent): readonly Change[] | undefined;
}

/** For the `default` of an exhaustive switch: newer code wrote a type that this code cannot judge, so it must not pass by. */
export function unknownType(event: never): Error {
  return new Error(
    `Unknown domain event type ${(event as { type: string }).type}: run the newer version.`,
  );
}
