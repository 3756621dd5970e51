import { upcast } from '../../domain/shared/upcasters.js';
import type { EventStore } from '../../ports/event-store/event-store.js';

/** Upcasts every domain event that is read to the newest schema version. */
export function upcasting(store: EventStore): EventStore {
  return {
    append: (stream, expected, events) => store.append(stream, expected, events),
    async *readStream(stream, options) {
      for await (const event of store.readStream(stream, options)) yield upcast(event);
    },
    async *subscribe(options) {
      for await (const batch of store.subscribe(options))
        yield { ...batch, events: batch.events.map(upcast) };
    },
    end: () => store.end(),
    condition: () => store.condition(),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}
