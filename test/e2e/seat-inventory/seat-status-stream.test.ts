import { setTimeout as pause } from 'node:timers/promises';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { confirm, onSale, reserve, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { itMeanwhile } from '../../support/crowd/meanwhile.js';
import { openFeed } from '../../support/log/feed.js';
import { expectProblem } from '../../support/problems.js';

describe.each(EVENT_STORES)('the seats of an event, over %s', (eventStore) => {
  let app: TestApp;
  let anna: string;
  let organizer: string;
  beforeAll(async () => {
    app = await startApp(eventStore, { SSE_MAX_CLIENTS: '3' });
    anna = await app.token('anna', 'customer');
    organizer = await app.token('olga', 'organizer');
  });
  afterAll(() => app.close());

  describe('the live stream', () => {
    it('sends every change, with the revision as its id', async () => {
      const { path } = await onSale(app, smallPlan(1, 4));
      const feed = await openFeed(`${app.url}${path}/seat-status/stream`);
      expect(feed.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(feed.headers.get('cache-control')).toBe('no-store');
      expect(feed.headers.get('x-accel-buffering')).toBe('no');
      const held = await reserve(app, path, anna, { seatIds: ['A-1', 'A-2'] });
      const first = await feed.next();
      expect(first.id).toBe(String(held.body.revision));
      expect(first.data).toEqual({
        revision: held.body.revision,
        changes: [
          { seatId: 'A-1', status: 'reserved' },
          { seatId: 'A-2', status: 'reserved' },
        ],
      });
      await confirm(app, path, anna, held.body.reservationId);
      expect((await feed.next()).data.changes[0]).toEqual({ seatId: 'A-1', status: 'sold' });
      feed.close();
    });

    it('resumes where a client left off', async () => {
      const { path } = await onSale(app, smallPlan(1, 6));
      const feed = await openFeed(`${app.url}${path}/seat-status/stream`);
      await reserve(app, path, anna, { seatIds: ['A-1'] });
      const { id } = await feed.next();
      feed.close();
      await reserve(app, path, anna, { seatIds: ['A-2'] });
      const last = await reserve(app, path, anna, { seatIds: ['A-3'] });
      const resumed = await openFeed(`${app.url}${path}/seat-status/stream`, id);
      const missed = new Map<string, string>();
      let revision = 0;
      while (revision < last.body.revision) {
        const { data } = await resumed.next();
        revision = data.revision;
        for (const { seatId, status } of data.changes) missed.set(seatId, status);
      }
      expect(Object.fromEntries(missed)).toEqual({ 'A-2': 'reserved', 'A-3': 'reserved' });
      resumed.close();
    });

    it('starts at the current revision for a client with a revision of another log', async () => {
      const { path } = await onSale(app, smallPlan(1, 2));
      const feed = await openFeed(`${app.url}${path}/seat-status/stream`, '999999999');
      const { body } = await reserve(app, path, anna, { seatIds: ['A-1'] });
      expect((await feed.next()).id).toBe(String(body.revision));
      feed.close();
    });

    it('cannot be resumed from an invalid revision', async () => {
      const { path } = await onSale(app, smallPlan(1, 1));
      await expectProblem(app, 'validation-failed', () =>
        app.ask('GET', `${path}/seat-status/stream`, { headers: { 'last-event-id': 'then' } }),
      );
    });

    itMeanwhile('reports a change of the event by its organizer', async () => {
      const { path } = await onSale(app, smallPlan(1, 4));
      const feed = await openFeed(`${app.url}${path}/seat-status/stream`);
      const reported = feed.nextType();
      // The first query of the feed finds the event as it is, and only a later change is reported.
      let type: string | undefined;
      void reported.then((found) => (type = found));
      for (let day = 1; type === undefined; day = (day % 28) + 1) {
        const body = { startsAt: `2037-06-${String(day).padStart(2, '0')}T18:00:00Z` };
        expect((await app.ask('PATCH', path, { token: organizer, body })).status).toBe(200);
        await pause(200);
      }
      expect(type).toBe('event-changed');
      feed.close();
    });

    it('has a limit of clients, and admits another when one has left', async () => {
      const { path } = await onSale(app, smallPlan(1, 1));
      const url = `${app.url}${path}/seat-status/stream`;
      const feeds = await Promise.all([openFeed(url), openFeed(url), openFeed(url)]);
      const { headers } = await expectProblem(app, 'too-many-streams', () =>
        app.ask('GET', `${path}/seat-status/stream`),
      );
      expect(headers.get('retry-after')).toBe('15');
      expect((await app.ask('GET', '/metrics')).body).toContain('boxoffice_seat_status_streams 3');
      feeds[0]!.close();
      let again: Awaited<ReturnType<typeof openFeed>> | undefined;
      for (let tries = 0; tries < 50 && !again; tries++) {
        again = await openFeed(url).catch(() => undefined);
        if (!again) await pause(20);
      }
      expect(again).toBeDefined();
      for (const feed of [...feeds.slice(1), again!]) feed.close();
    });
  });
});
