import type { Decider } from '../../domain/shared/decider.js';
import type { EventStore } from '../../ports/event-store/event-store.js';
import { NO_STREAM } from './append-once.js';

export interface StoredAggregate<State> {
  readonly state: State;
  /** Revision of the last domain event; `NO_STREAM` for an empty stream. */
  readonly revision: bigint;
}

/**
 * Folds a whole stream.
 * @throws EventStoreUnavailable
 */
export async function readAggregate<State, Event>(
  eventStore: EventStore,
  stream: string,
  { initial, evolve }: Pick<Decider<State, never, Event, unknown, never>, 'initial' | 'evolve'>,
): Promise<StoredAggregate<State>> {
  let state = initial();
  let revision = NO_STREAM;
  for await (const event of eventStore.readStream(stream)) {
    state = evolve(state, event as unknown as Event);
    ({ revision } = event);
  }
  return { state, revision };
}
