import { openEventStoreDb } from '../../src/adapters/event-store/eventstoredb/eventstoredb.js';
import type { EventStore, ExpectedRevision } from '../../src/ports/event-store/event-store.js';
import { count, follow, newEvent, readAll } from '../support/log/domain-events.js';
import { openEventStoreDbNode, type EventStoreDbNode } from '../support/eventstoredb-node.js';
import { describeOnInTestNode } from '../support/eventstoredb/eventstoredb-server.js';

/**
 * Far below what any machine does: only a hang or a quadratic cost falls under it. Domain events
 * per second.
 */
const FLOOR = 300;
const WRITERS = 4;

describeOnInTestNode('the EventStoreDB adapter, with the node in the same process', () => {
  let node: EventStoreDbNode;
  let store: EventStore;
  beforeAll(async () => {
    node = await openEventStoreDbNode();
    store = openEventStoreDb({ connectionString: node.connectionString, appendTimeoutMs: 30_000 });
  });
  afterAll(async () => {
    await store.close();
    await node.close();
  });

  const seatsReserved = () =>
    newEvent({
      reservationId: 'r-00000001',
      customerId: 'account-1',
      seatIds: ['S12-7-4', 'S12-7-5'],
      total: { amountMinor: 12_500, currency: 'EUR' },
      reservedAt: '2026-06-11T19:00:00.000Z',
      expiresAt: '2026-06-11T19:10:00.000Z',
    });

  const measure = async (
    what: string,
    events: number,
    work: () => Promise<unknown>,
  ): Promise<void> => {
    const started = performance.now();
    const cpu = process.cpuUsage();
    await work();
    const perSecond = Math.round((events * 1_000) / (performance.now() - started));
    const { user, system } = process.cpuUsage(cpu);
    const cpuMicros = Math.round((user + system) / events);
    console.info(
      `EventStoreDB adapter: ${what}: ${perSecond} domain events/s, ${cpuMicros} µs of CPU each`,
    );
    expect(perSecond).toBeGreaterThan(FLOOR);
  };

  it.each([100, 500])('appends in batches of %i', async (size) => {
    const perWriter = 1_000;
    await measure(`append, ${WRITERS} writers, batches of ${size}`, WRITERS * perWriter, () =>
      Promise.all(
        Array.from({ length: WRITERS }, async (_, writer) => {
          let revision: ExpectedRevision = 'no-stream';
          for (let at = 0; at < perWriter; at += size) {
            const events = Array.from({ length: size }, seatsReserved);
            ({ revision } = await store.append(`batches${size}-${writer}`, revision, events));
          }
        }),
      ),
    );
  });

  it('follows and reads them', async () => {
    await measure('subscription', 8_000, () =>
      follow(store, { prefixes: ['batches'] }, count(8_000)),
    );
    await measure('read of a stream', 1_000, () => readAll(store.readStream('batches100-0')));
  });
});
