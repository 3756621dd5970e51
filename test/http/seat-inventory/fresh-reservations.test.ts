import { systemClock } from '../../../src/adapters/system/clock.js';
import type * as writers from '../../../src/commands/seat-inventory/writer/inventory-writers.js';
import { FreshReservations } from '../../../src/http/seat-inventory/fresh-reservations.js';
import { openFreshness } from '../../../src/http/platform/freshness.js';
import { reservationsProjection } from '../../../src/projections/reservations.js';
import { seatStatusProjection } from '../../../src/projections/seat-status.js';
import {
  openLiveSeatStatus,
  type LiveSeatStatus,
} from '../../../src/read-models/seat-inventory/live-seat-status.js';
import * as read from '../../../src/read-models/seat-inventory/reservations-queries.js';
import type { Clock } from '../../../src/ports/system/clock.js';
import { hurriedClock } from '../../support/manual-clock.js';
import { opened, reserved } from '../../support/seat-inventory/events.js';
import { theatre } from '../../support/seat-inventory/plans.js';
import { LOGS, openReadSide, type ReadSide } from '../../support/read-side.js';

/** Speed of the clock in tests that wait until a timeout. */
const FASTER = 2;
/** The writers of a node that has written nothing. */
const NO_WRITERS = {
  knownRevision: () => undefined,
} as Partial<writers.InventoryWriters> as writers.InventoryWriters;

describe.each(LOGS)(
  "a customer's reservation, asked of another node than the one that held it, over %s",
  (log) => {
    let side: ReadSide;
    let live: LiveSeatStatus;
    let fresh: FreshReservations;
    /** For what is waited for in vain. */
    let hurried: FreshReservations;
    beforeEach(async () => {
      side = await openReadSide(log);
      live = openLiveSeatStatus({
        ...{ connectionString: side.url, db: side.pool, clock: systemClock },
        layoutOf: async () => theatre,
      });
      const freshOn = (clock: Clock) =>
        new FreshReservations(
          read.reservationQueries(side.pool),
          openFreshness(live, NO_WRITERS),
          clock,
        );
      fresh = freshOn(systemClock);
      hurried = freshOn(hurriedClock(FASTER));
      await side.append('e1', opened(), reserved('r1', ['A1'], { by: 'ann' }));
      side.run(seatStatusProjection);
      await side.caughtUp();
    });
    afterEach(async () => {
      await live.close();
      await side.close();
    });

    const ofAnn = (reservationId: string, atLeast: number, from = fresh) =>
      from.find('ann', { eventId: 'e1', reservationId }, atLeast);
    const behind = expect.objectContaining({ code: 'read-model-behind' });

    it('is not said to be missing while the seats alone have been projected', async () => {
      await expect(ofAnn('r1', 1, hurried)).rejects.toEqual(behind);
      const asked = ofAnn('r1', 1);
      side.run(reservationsProjection);
      expect(await asked).toMatchObject({ reservationId: 'r1', status: 'held', revision: 1 });
    });

    it(
      'is missing when it does not exist, and old when nothing has happened to it since, ' +
        'without a wait',
      async () => {
        side.run(reservationsProjection);
        await side.append('e1', reserved('r2', ['A2'], { by: 'bob' }));
        await side.caughtUp();
        const began = Date.now();
        expect(await ofAnn('r1', 2)).toMatchObject({ reservationId: 'r1', revision: 1 });
        expect(await ofAnn('r3', 2)).toBeUndefined();
        expect(await ofAnn('r2', 2)).toBeUndefined();
        expect(Date.now() - began).toBeLessThan(500);
      },
    );

    it(
      'is not waited for because only one of the two has read past what other streams have had ' +
        'since',
      async () => {
        side.run(reservationsProjection);
        await side.caughtUp();
        await Promise.all(side.runners.map((runner) => runner.stop()));
        await side.pool.query(
          'update projection_checkpoints set commit_position = commit_position + 1000 where ' +
            "name = 'seat-status'",
        );
        expect(await ofAnn('r1', 1)).toMatchObject({ reservationId: 'r1' });
        expect(await ofAnn('r3', 1)).toBeUndefined();
      },
    );

    it('is waited for once in a list, however long it is not shown', async () => {
      hurried.recordWrite('e1', { id: 'r1', customerId: 'ann' }, 1n);
      const timed = async () => {
        const began = Date.now();
        const list = await hurried.list('ann', undefined);
        return [
          list.map(({ reservationId }) => reservationId),
          Date.now() - began < 1_500 / FASTER,
        ];
      };
      expect(await timed()).toEqual([[], false]);
      expect(await timed()).toEqual([[], true]);
      side.run(reservationsProjection);
      await side.caughtUp();
      expect(await timed()).toEqual([['r1'], true]);
    });

    it('cannot be told of while its event is frozen', async () => {
      const failing = {
        ...reservationsProjection,
        project: () => {
          throw new Error('cannot be judged');
        },
      };
      side.run(failing);
      await side.caughtUp();
      const began = Date.now();
      await expect(ofAnn('r1', 1)).rejects.toEqual(behind);
      expect(Date.now() - began).toBeLessThan(500);
    });
  },
);
