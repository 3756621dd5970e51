import { AVAILABLE } from '../../src/domain/seat-inventory/state/availability.js';
import type { SeatInventoryEvent } from '../../src/domain/seat-inventory/events.js';
import { seatStatusProjection } from '../../src/projections/seat-status.js';
import { seatStatusQueries } from '../../src/read-models/seat-inventory/seat-status-queries.js';
import { inventoryAfter } from '../support/seat-inventory/given.js';
import {
  blocked,
  cancelled,
  closed,
  confirmed,
  exchanged,
  expired,
  opened,
  paymentStarted,
  refunded,
  reinstated,
  released,
  reserved,
  turnedDown,
  unblocked,
} from '../support/seat-inventory/events.js';
import { NOON, rules } from '../support/seat-inventory/rules.js';
import { theatre } from '../support/seat-inventory/plans.js';
import { LOGS, openReadSide, type ReadSide } from '../support/read-side.js';

const LETTERS = ['a', 'r', 's', 'b'];

/** Returns the state of the log, by the aggregate's own fold. */
function byTheLog(events: readonly SeatInventoryEvent[]) {
  const { status } = inventoryAfter(events);
  const taken = theatre.seatIds.flatMap((seatId, seat) =>
    status[seat] === AVAILABLE ? [] : [{ seatId, status: LETTERS[status[seat]!]! }],
  );
  const count = (letter: string) => taken.filter((seat) => seat.status === letter).length;
  const counts = { reserved: count('r'), sold: count('s'), blocked: count('b') };
  return {
    revision: events.length - 1,
    counts: { available: theatre.seatCount - taken.length, ...counts },
    changes: taken,
  };
}

const bySeat = (one: { seatId: string }, other: { seatId: string }) =>
  theatre.indexOf.get(one.seatId)! - theatre.indexOf.get(other.seatId)!;

const stories: [name: string, events: SeatInventoryEvent[]][] = [
  ['nothing has happened yet', []],
  ['two seats are held', [reserved('r1', ['A1', 'A2'])]],
  ['held, then paid', [reserved('r1', ['A1', 'A2']), confirmed('r1', ['A1', 'A2'])]],
  ['a payment has begun', [reserved('r1', ['A1']), paymentStarted('r1', NOON)]],
  ['held, then expired', [reserved('r1', ['A1', 'A2']), expired('r1', ['A1', 'A2'])]],
  ['held, then given back', [reserved('r1', ['A1', 'A2']), released('r1', ['A1', 'A2'])]],
  [
    'given back and held by someone else',
    [reserved('r1', ['A1']), released('r1', ['A1']), reserved('r2', ['A1'], { by: 'bob' })],
  ],
  [
    'expired, paid late and reinstated',
    [
      reserved('r1', ['A1']),
      expired('r1', ['A1']),
      reinstated('r1', ['A1']),
      confirmed('r1', ['A1']),
    ],
  ],
  [
    'a payment was turned down, which closes nothing',
    [reserved('r1', ['A1']), released('r1', ['A1']), turnedDown('r1', 'released')],
  ],
  ['sold and refunded', [reserved('r1', ['A1']), confirmed('r1', ['A1']), refunded('r1', ['A1'])]],
  ['taken off sale', [blocked(['C1', 'C2', 'C3'])]],
  ['taken off sale and partly put back', [blocked(['C1', 'C2', 'C3']), unblocked(['C2'])]],
  [
    'sold and exchanged, one seat kept',
    [
      reserved('r1', ['A1', 'A2']),
      confirmed('r1', ['A1', 'A2']),
      exchanged('r1', ['A1', 'A2'], ['A2', 'C1', 'C2']),
    ],
  ],
  ['sales are closed', [reserved('r1', ['A1']), closed()]],
  ['the event is cancelled', [reserved('r1', ['A1']), cancelled(0)]],
];

describe.each(LOGS)('seat status, projected from %s', (log) => {
  let side: ReadSide;
  beforeAll(async () => {
    side = await openReadSide(log);
  });
  afterAll(() => side.close());

  it.each(stories)('shows the state of the log when %s', async (story, happened) => {
    const events = [opened(), ...happened];
    await side.append(`story-${stories.findIndex(([name]) => name === story)}`, ...events);
    if (side.runners.length === 0) side.run(seatStatusProjection);
    await side.caughtUp();

    const eventId = `story-${stories.findIndex(([name]) => name === story)}`;
    const queries = seatStatusQueries(side.pool);
    const taken = await queries.takenSeats(eventId);
    expect({ ...taken, changes: [...taken!.changes].sort(bySeat) }).toEqual(byTheLog(events));
    expect(await queries.inventory(eventId)).toEqual({
      eventId,
      seatingPlanHash: rules.seatingPlanHash,
      seatCount: theatre.seatCount,
      counts: byTheLog(events).counts,
      salesClosed: /SalesClosed|SaleCancelled/.test(happened.at(-1)?.type ?? ''),
      onSaleAt: null,
      revision: events.length - 1,
    });
  });

  it('returns the changes since any revision, for any batches of the log', async () => {
    const eventId = 'every-revision';
    const story = [
      opened(),
      reserved('r1', ['A1', 'A2']),
      confirmed('r1', ['A1', 'A2']),
      blocked(['C1']),
      reserved('r2', ['B1'], { by: 'bob' }),
      released('r2', ['B1']),
      unblocked(['C1']),
      closed(),
    ];
    for (const [at, event] of story.entries()) {
      await side.append(eventId, event);
      if (at % 3 !== 1) await side.caughtUp();
    }
    await side.caughtUp();

    const end = byTheLog(story);
    for (let revision = 0; revision < story.length; revision++) {
      const since = await seatStatusQueries(side.pool).changesSince(eventId, revision);
      const letters = new Map(
        byTheLog(story.slice(0, revision + 1)).changes.map((c) => [c.seatId, c.status]),
      );
      for (const { seatId, status } of since!.changes) letters.set(seatId, status);
      const taken = [...letters]
        .map(([seatId, status]) => ({ seatId, status }))
        .filter((c) => c.status !== 'a');
      expect({ revision, taken: taken.sort(bySeat) }).toEqual({ revision, taken: end.changes });
      expect(since).toMatchObject({ revision: end.revision, counts: end.counts });
    }
  });

  it('returns nothing for an event whose inventory was never opened', async () => {
    const queries = seatStatusQueries(side.pool);
    expect(await queries.inventory('nobody')).toBeUndefined();
    expect(await queries.changesSince('nobody', 0)).toBeUndefined();
    expect(await queries.takenSeats('nobody')).toBeUndefined();
  });
});

describe('the tables of seat status', () => {
  let side: ReadSide;
  beforeEach(async () => {
    side = await openReadSide();
  });
  afterEach(() => side.close());

  it('write one row for a stadium of 94,000 seats that opens', async () => {
    await side.append('stadium', opened({ seatCount: 94_000 }));
    side.run(seatStatusProjection);
    await side.caughtUp();

    const { rows } = await side.pool.query('select available, sold from inventories');
    expect(rows).toEqual([{ available: 94_000, sold: 0 }]);
    expect((await side.pool.query('select from seat_status')).rowCount).toBe(0);
  });

  it('keep the row of a seat that was released', async () => {
    await side.append('e1', opened(), reserved('r1', ['A1']), released('r1', ['A1']));
    side.run(seatStatusProjection);
    await side.caughtUp();

    const { rows } = await side.pool.query(
      'select seat_id, status::text, reservation_id, revision::int from seat_status',
    );
    expect(rows).toEqual([{ seat_id: 'A1', status: 'a', reservation_id: null, revision: 2 }]);
  });

  it('write a seat once when it is held and paid in the same batch', async () => {
    await side.append('e1', opened(), reserved('r1', ['A1']), confirmed('r1', ['A1']));
    side.run(seatStatusProjection);
    await side.caughtUp();

    const { rows } = await side.pool.query(
      'select seat_ids, statuses, after_revision::int, revision::int from seat_changes',
    );
    expect(rows).toEqual([{ seat_ids: ['A1'], statuses: 's', after_revision: -1, revision: 2 }]);
  });

  it('return all seats that ever changed when the requested changes are pruned', async () => {
    await side.append(
      'e1',
      opened(),
      reserved('r1', ['A1']),
      reserved('r2', ['A2'], { by: 'bob' }),
    );
    side.run(seatStatusProjection);
    await side.caughtUp();
    await side.append('e1', released('r1', ['A1']));
    await side.caughtUp();
    await side.pool.query("update seat_changes set recorded_at = recorded_at - interval '1 day'");
    await seatStatusProjection.readModel.prune!(side.pool, 'v1');
    expect((await side.pool.query('select from seat_changes')).rowCount).toBe(0);

    const queries = seatStatusQueries(side.pool);
    const since = await queries.changesSince('e1', 1);
    expect(new Map(since!.changes.map(({ seatId, status }) => [seatId, status]))).toEqual(
      new Map([
        ['A1', 'a'],
        ['A2', 'r'],
      ]),
    );
    expect(await queries.changesSince('e1', 3)).toMatchObject({ revision: 3, changes: [] });
  });
});
