import { openEventStoreDb } from '../../src/adapters/event-store/eventstoredb/eventstoredb.js';
import type { EventStore } from '../../src/ports/event-store/event-store.js';
import { makeMachineBusy } from '../support/crowd/busy-machine.js';
import { caughtUp, follow, newEvent, numbered } from '../support/log/domain-events.js';
import {
  nodeCommand,
  startRealNode,
  type EventStoreDbServer,
} from '../support/eventstoredb/eventstoredb-server.js';

/** The figure of the documentation is taken with 1,000. */
const SUBSCRIPTIONS = Number(process.env.CAUGHT_UP_SUBSCRIPTIONS ?? 100);
const AT_ONCE = 25;
const BUSY_PER_CORE = 3;
/** Domain events that each subscription has to get, each between so many of others. */
const WANTED = 120;
const OTHERS = 7;

describe(`${SUBSCRIPTIONS} subscriptions, with ${BUSY_PER_CORE} busy processes per core`, () => {
  let server: EventStoreDbServer;
  let store: EventStore;
  let calmDown: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    // In another process, which has to wait for its turn as a real server on such a machine.
    server = await startRealNode(nodeCommand());
    store = openEventStoreDb({ connectionString: server.connectionString });
    let revision = -1n;
    for (let at = 0; at < WANTED; at++) {
      await store.append('show-1', at === 0 ? 'no-stream' : BigInt(at - 1), numbered(1, at));
      const others = Array.from({ length: OTHERS }, () => newEvent({ text: 'x'.repeat(500) }));
      await store.append('other-1', revision < 0n ? 'no-stream' : revision, others);
      revision += BigInt(OTHERS);
    }
  }, 120_000);
  afterAll(async () => {
    await calmDown?.();
    await store?.close();
    await server?.close();
  });

  it('none reports that it has caught up before it has everything', async () => {
    calmDown = makeMachineBusy(BUSY_PER_CORE);
    const got: number[] = [];
    const startedAt = performance.now();
    let opened = 0;
    const open = async () => {
      while (opened++ < SUBSCRIPTIONS) {
        const { events } = await follow(store, { prefixes: ['show-'], maxBatch: 50 }, caughtUp);
        got.push(events.length);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, open));
    const early = got.filter((events) => events < WANTED);
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    console.info(
      `EventStoreDB adapter: ${early.length} of ${got.length} subscriptions caught up early, ` +
        `${seconds} s`,
    );
    expect(got).toHaveLength(SUBSCRIPTIONS);
    expect(early).toEqual([]);
  }, 600_000);
});
