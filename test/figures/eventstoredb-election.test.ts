import { setTimeout as pause } from 'node:timers/promises';
import { EVENT_STORE } from '../../src/ports/shared/tokens.js';
import { proveSale } from '../../src/demo/crowd/proof.js';
import { startApp, type Reply, type TestApp } from '../support/app.js';
import {
  openEventStoreDbCluster,
  type EventStoreDbCluster,
} from '../support/eventstoredb/eventstoredb-cluster.js';
import { describeOnInTestNode } from '../support/eventstoredb/eventstoredb-server.js';
import { confirm, onSale, reserve, smallPlan } from '../support/seat-inventory/event-on-sale.js';

const BUYERS = 12;
const DEATHS = 2;
/** The election of the in-test cluster. Milliseconds. */
const ELECTION_MS = 2_500;
/** For the client to find the new leader, after it is elected. Milliseconds. */
const DISCOVERY_MS = 5_000;

describeOnInTestNode('the leader of three EventStoreDB nodes dies in the middle of a sale', () => {
  let cluster: EventStoreDbCluster;
  let app: TestApp;
  beforeAll(async () => {
    cluster = await openEventStoreDbCluster();
    app = await startApp('eventstoredb', { EVENTSTORE_URL: cluster.connectionString });
  });
  afterAll(async () => {
    await app?.close();
    await cluster?.close();
  });

  it('buyers wait for the next leader, none is refused, and every sale is in the log', async () => {
    const { path, eventId } = await onSale(app, smallPlan(BUYERS, 300));
    const selling = new AbortController();
    const refused: unknown[] = [];
    const sold = new Set<string>();
    let longestMs = 0;
    /** One step of a buyer: repeats the request while the payment is pending. */
    const step = async (ask: () => Promise<Reply>): Promise<Reply> => {
      const startedAt = performance.now();
      let reply = await ask();
      for (; reply.status === 202; reply = await ask()) await pause(100);
      longestMs = Math.max(longestMs, performance.now() - startedAt);
      if (reply.status >= 400) refused.push({ status: reply.status, code: reply.body.code });
      return reply;
    };
    const buy = async (buyer: number) => {
      for (let at = 0; !selling.signal.aborted; at++) {
        // Each buyer uses one row of seats.
        const seatId = `${String.fromCharCode(65 + buyer)}-${at + 1}`;
        const token = await app.token(`buyer-${buyer}-${at}`, 'customer');
        const held = await step(() => reserve(app, path, token, { seatIds: [seatId] }));
        if (held.status !== 201) continue;
        const done = await step(() => confirm(app, path, token, held.body.reservationId));
        if (done.status === 200) sold.add(seatId);
        await pause(100);
      }
    };
    const buyers = Array.from({ length: BUYERS }, (_, buyer) => buy(buyer));
    for (let death = 1; death <= DEATHS; death++) {
      await pause(1_000);
      await cluster.killLeader();
      const before = sold.size;
      while (sold.size < before + BUYERS) await pause(50);
      await cluster.revive();
    }
    selling.abort();
    await Promise.all(buyers);

    const longest = Math.round(longestMs);
    console.info(
      `${DEATHS} leaders died, ${sold.size} sales, longest pause of a buyer ${longest} ms`,
    );
    expect(refused).toEqual([]);
    expect(longestMs).toBeGreaterThan(ELECTION_MS / 2);
    expect(longestMs).toBeLessThan(ELECTION_MS + DISCOVERY_MS);
    const proof = await proveSale(app.get(EVENT_STORE), eventId);
    expect(proof).toMatchObject({ seatsSold: sold.size, soldTwice: [], faults: [] });
  }, 90_000);
});
