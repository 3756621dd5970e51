/** @services opensearch */
import { randomBytes } from 'node:crypto';
import { openOpenSearch } from '../../src/adapters/search/opensearch.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import { searchDocuments } from '../../src/read-models/search/search-documents.js';
import { describeSearchRebuild } from '../e2e/search/search-rebuild.suite.js';
import { startApp, type TestApp } from '../support/app.js';
import { confirm, onSale, reserve, smallPlan } from '../support/seat-inventory/event-on-sale.js';
import { until } from '../support/read-side.js';
import { openTcpGate, type TcpGate } from '../support/services/tcp-gate.js';

/** How long it is away while seats are sold. Seconds. */
const AWAY_SECONDS = Number(process.env.SEARCH_AWAY_SECONDS ?? 1);
const SALE_EVERY_MS = 100;

const aliasOf = () => `test-${randomBytes(6).toString('hex')}`;
const url = () => process.env.TEST_OPENSEARCH_URL!;

describeSearchRebuild('OpenSearch', () => ({ OPENSEARCH_URL: url(), OPENSEARCH_ALIAS: aliasOf() }));

describe('OpenSearch, taken away in the middle of a sale', () => {
  const alias = aliasOf();
  let gate: TcpGate;
  let app: TestApp;
  const search = (query: string) => app.ask('GET', `/v1/events?${query}`);
  const total = async (query: string) => (await search(query)).body.total;

  beforeAll(async () => {
    const { hostname, port } = new URL(url());
    gate = await openTcpGate(hostname, Number(port));
    app = await startApp('postgres', {
      OPENSEARCH_URL: `http://127.0.0.1:${gate.port}`,
      OPENSEARCH_ALIAS: alias,
    });
  });
  afterAll(async () => {
    await app?.close();
    await gate?.shut();
  });

  it(
    'stops no sale; search says when to ask again, and catches up by itself with nothing lost',
    async () => {
      const anna = await app.token('anna', 'customer');
      const before = await onSale(app, smallPlan(1, 20), { name: 'Recital before' });
      await until(async () => (await total('q=recital')) === 1);

      await gate.shut();
      const refused = await search('q=recital');
      expect(refused).toMatchObject({ status: 503, body: { code: 'search-unavailable' } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await app.ask('GET', '/v1/events/suggest?q=rec')).toMatchObject({ status: 503 });

      // Sold to the last but one, and others put on sale meanwhile.
      const seatIds = Array.from({ length: 10 }, (_, at) => `A-${at + 1}`);
      const held = await reserve(app, before.path, anna, { seatIds });
      expect(held.status).toBe(201);
      expect((await confirm(app, before.path, anna, held.body.reservationId)).status).toBe(200);
      const ben = await app.token('ben', 'customer');
      const rest = Array.from({ length: 9 }, (_, at) => `A-${at + 11}`);
      expect((await reserve(app, before.path, ben, { seatIds: rest })).status).toBe(201);
      await onSale(app, smallPlan(1, 4), { name: 'Recital meanwhile' });
      expect((await app.ask('GET', before.path)).status).toBe(200);
      const { sold, failed } = await sellWhileAway();
      console.info(`${sold} sales in ${AWAY_SECONDS} s without OpenSearch, ${failed} failed`);
      expect([sold > 0, failed]).toEqual([true, 0]);

      await gate.open();
      await until(async () => (await total('q=recital')) === 2);
      await until(async () => (await total('q=recital&availability=FEW_LEFT')) === 1);
    },
    60_000 + AWAY_SECONDS * 1_000,
  );

  /** Each to another customer; searched for meanwhile, in vain. */
  async function sellWhileAway(): Promise<{ sold: number; failed: number }> {
    const matinee = await onSale(app, smallPlan(26, 40), { name: 'Matinee' });
    const ends = performance.now() + AWAY_SECONDS * 1_000;
    const counts = { sold: 0, failed: 0 };
    for (let at = 0; performance.now() < ends; at++) {
      const buyer = await app.token(`buyer-${at}`, 'customer');
      const seatIds = [`${String.fromCharCode(65 + Math.floor(at / 40))}-${1 + (at % 40)}`];
      const held = await reserve(app, matinee.path, buyer, { seatIds });
      const sale = await confirm(app, matinee.path, buyer, held.body.reservationId);
      counts[sale.status === 200 ? 'sold' : 'failed']++;
      expect((await search('q=recital')).status).toBe(503);
      await new Promise((resolve) => setTimeout(resolve, SALE_EVERY_MS));
    }
    return counts;
  }

  it('is filled again when its index was lost', async () => {
    const engine = openOpenSearch({ url: url(), alias, clock: systemClock });
    await engine.remove(`v${searchDocuments.version}`);
    await until(async () => (await total('q=recital')) === 2, 30_000);
    await engine.close();
  });
});
