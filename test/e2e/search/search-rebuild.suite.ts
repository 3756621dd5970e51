import { SEARCH_INDEX } from '../../../src/ports/shared/tokens.js';
import { searchDocuments } from '../../../src/read-models/search/search-documents.js';
import { startApp, type TestApp } from '../../support/app.js';
import { onSale, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

const SET = `v${searchDocuments.version}`;
const EVENTS = 12;
/** Concurrent searches. The rate is printed, not asserted. */
const CLIENTS = 8;

/** Rebuilds the index during searches, on the engine that the settings name. */
export function describeSearchRebuild(
  engine: string,
  settings: () => Record<string, string>,
): void {
  describe(`a rebuild of the search in ${engine}`, () => {
    let app: TestApp;
    beforeAll(async () => {
      app = await startApp('postgres', settings());
      await Promise.all(
        Array.from({ length: EVENTS }, (_, at) =>
          onSale(app, smallPlan(1, 4), { name: `Recital ${at}` }),
        ),
      );
      await until(async () => (await app.ask('GET', '/v1/events?q=recital')).body.total === EVENTS);
    });
    afterAll(() => app?.close());

    it('switches to the new index in one step: no search fails or finds less', async () => {
      const token = await app.token('olaf', 'operator');
      const index = app.get(SEARCH_INDEX);
      expect(await index.serving()).toBe(SET);
      let searching = true;
      const answers = new Map<string, number>();
      const began = performance.now();
      const clients = Array.from({ length: CLIENTS }, async () => {
        while (searching) {
          const { status, body } = await app.ask('GET', '/v1/events?q=recital&limit=50');
          const answer = `${status}, ${body.total} in all, ${body.hits?.length} shown`;
          answers.set(answer, (answers.get(answer) ?? 0) + 1);
        }
      });
      const started = await app.ask('POST', '/v1/ops/projections/search/rebuild', {
        token,
        body: {},
      });
      expect(started.status).toBe(202);
      try {
        await until(async () => (await index.serving()) === `${SET}_g2`, 40_000);
        // Events after the switch are found in the new index.
        const late = await onSale(app, smallPlan(1, 4), { name: 'Encore' });
        await until(
          async () =>
            (await app.ask('GET', '/v1/events?q=encore')).body.hits?.[0]?.eventId === late.eventId,
        );
      } finally {
        searching = false;
        await Promise.all(clients);
      }
      const seconds = (performance.now() - began) / 1_000;
      const asked = [...answers.values()].reduce((sum, count) => sum + count, 0);
      console.info(
        `${engine}: ${Math.round(asked / seconds)} searches a second for ${seconds.toFixed(1)} s`,
      );
      expect([...answers.keys()]).toEqual([`200, ${EVENTS} in all, ${EVENTS} shown`]);
      expect(answers.values().next().value).toBeGreaterThan(CLIENTS);
    });
  });
}
