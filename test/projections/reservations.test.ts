import type { SeatInventoryEvent } from '../../src/domain/seat-inventory/events.js';
import { reservationsProjection } from '../../src/projections/reservations.js';
import {
  OVERDUE,
  reservationQueries,
} from '../../src/read-models/seat-inventory/reservations-queries.js';
import {
  MAX_RESERVATIONS_LISTED,
  reservations,
} from '../../src/read-models/seat-inventory/reservations.js';
import {
  confirmed,
  exchanged,
  expired,
  opened,
  paymentStarted,
  refunded,
  reinstated,
  released,
  reserved,
} from '../support/seat-inventory/events.js';
import { HOLD_SECONDS, NOON, secondsAfterNoon } from '../support/seat-inventory/rules.js';
import { LOGS, openReadSide, type ReadSide } from '../support/read-side.js';

const iso = (instant: number) => new Date(instant).toISOString();
const expiry = iso(secondsAfterNoon(HOLD_SECONDS));
const later = secondsAfterNoon(HOLD_SECONDS + 60);
const held = reserved('r1', ['A1', 'A "2\\']);

const stories: [name: string, events: SeatInventoryEvent[], then: object][] = [
  ['held', [held], { status: 'held', expiresAt: expiry }],
  ['being paid', [held, paymentStarted('r1', later)], { status: 'held', expiresAt: iso(later) }],
  [
    'paid',
    [held, confirmed('r1', ['A1'], { paid: 'pay-7' })],
    { status: 'confirmed', paymentReference: 'pay-7' },
  ],
  ['expired', [held, expired('r1', ['A1'])], { status: 'expired' }],
  ['given back', [held, released('r1', ['A1'])], { status: 'released' }],
  [
    'reinstated',
    [held, expired('r1', ['A1'], later), reinstated('r1', ['A1'], later)],
    { status: 'held', expiresAt: iso(later + HOLD_SECONDS * 1_000) },
  ],
  [
    'refunded',
    [held, confirmed('r1', ['A1']), refunded('r1', ['A1'])],
    { status: 'refunded', paymentReference: 'pay-1' },
  ],
  [
    'exchanged',
    [held, confirmed('r1', ['A1']), exchanged('r1', ['A1'], ['C1', 'C "2\\'])],
    {
      status: 'confirmed',
      paymentReference: 'pay-1',
      seatIds: ['C1', 'C "2\\'],
      total: { amountMinor: 6_000, currency: 'EUR' },
    },
  ],
];

describe.each(LOGS)('reservations, projected from %s', (log) => {
  let side: ReadSide;
  beforeAll(async () => {
    side = await openReadSide(log);
    side.run(reservationsProjection);
  });
  afterAll(() => side.close());

  describe.each([
    ['in one batch', false],
    ['one by one', true],
  ])('%s', (_, oneByOne) => {
    it.each(stories)('show a reservation that is %s', async (story, happened, then) => {
      const eventId = `${story}-${oneByOne}`;
      if (!oneByOne) await side.append(eventId, opened(), ...happened);
      else {
        for (const event of [opened(), ...happened]) {
          await side.append(eventId, event);
          await side.caughtUp();
        }
      }
      await side.caughtUp();

      expect(await reservationQueries(side.pool).reservation(eventId, 'r1')).toEqual({
        eventId,
        reservationId: 'r1',
        customerId: 'ann',
        seatIds: ['A1', 'A "2\\'],
        total: { amountMinor: 10_000, currency: 'EUR' },
        reservedAt: iso(NOON),
        expiresAt: expiry,
        paymentReference: null,
        revision: happened.length,
        ...then,
      });
    });
  });

  it('belong to one event: the same id in another event is another reservation', async () => {
    await side.append('one', opened(), reserved('twin', ['A1']));
    await side.append(
      'other',
      opened(),
      reserved('twin', ['B1'], { by: 'bob' }),
      expired('twin', ['B1']),
    );
    await side.caughtUp();

    const queries = reservationQueries(side.pool);
    expect(await queries.reservation('one', 'twin')).toMatchObject({
      customerId: 'ann',
      status: 'held',
    });
    expect(await queries.reservation('other', 'twin')).toMatchObject({
      customerId: 'bob',
      status: 'expired',
    });
    expect(await queries.reservation('neither', 'twin')).toBeUndefined();
  });
});

describe('the queries of reservations', () => {
  let side: ReadSide;
  beforeAll(async () => {
    side = await openReadSide();
    side.run(reservationsProjection);
    const crowd = Array.from({ length: MAX_RESERVATIONS_LISTED + 5 }, (_, at) =>
      reserved(`r${at}`, [`A${at}`], { by: 'ann', at: secondsAfterNoon(at) }),
    );
    await side.append('e1', opened(), ...crowd);
    await side.append(
      'e2',
      opened(),
      reserved('late', ['A1'], { at: secondsAfterNoon(1_000) }),
      reserved('bobs', ['A2'], { by: 'bob' }),
      confirmed('bobs', ['A2']),
    );
    await side.caughtUp();
  });
  afterAll(() => side.close());

  it('list the reservations of a customer, newest first, up to a maximum', async () => {
    const mine = await reservationQueries(side.pool).ofCustomer('ann');
    expect(mine).toHaveLength(MAX_RESERVATIONS_LISTED);
    expect(mine.slice(0, 2).map(({ eventId, reservationId }) => [eventId, reservationId])).toEqual([
      ['e2', 'late'],
      ['e1', 'r204'],
    ]);
  });

  it('list the reservations of one event', async () => {
    const mine = await reservationQueries(side.pool).ofCustomer('ann', 'e2');
    expect(mine.map(({ reservationId }) => reservationId)).toEqual(['late']);
    expect(await reservationQueries(side.pool).ofCustomer('ann', 'e3')).toEqual([]);
  });

  it('find overdue holds, oldest first, by event', async () => {
    const { overdueHolds } = reservationQueries(side.pool);
    const firstExpiry = secondsAfterNoon(HOLD_SECONDS);
    expect(await overdueHolds(firstExpiry - 1, 10)).toEqual([]);
    expect(await overdueHolds(firstExpiry, 10)).toEqual([
      { eventId: 'e1', reservationIds: ['r0'] },
    ]);
    expect(await overdueHolds(firstExpiry + 60_000, 3)).toEqual([
      { eventId: 'e1', reservationIds: ['r0', 'r1', 'r2'] },
    ]);
    expect(await overdueHolds(firstExpiry + 2_000_000, 1_000)).toEqual([
      { eventId: 'e1', reservationIds: Array.from({ length: 205 }, (_, at) => `r${at}`) },
      { eventId: 'e2', reservationIds: ['late'] },
    ]);
    expect(await overdueHolds(firstExpiry + 2_000_000, 1, ['e1', 'e3'])).toEqual([
      { eventId: 'e2', reservationIds: ['late'] },
    ]);
  });

  it('find the overdue holds of a frozen event last, so that they do not hide others', async () => {
    const { overdueHolds } = reservationQueries(side.pool);
    const late = secondsAfterNoon(HOLD_SECONDS) + 2_000_000;
    await side.pool.query(
      `insert into parked_events (name, version, stream, revision, event_id, type, commit_position,
         prepare_position, event, error, attempts)
       values ('reservations', ${reservations.version}, 'seatInventory-e1', 500, gen_random_uuid(),
         'SeatsPainted', 1, 1, '{}', 'unknown', 3)`,
    );
    try {
      expect(await overdueHolds(late, 1)).toEqual([{ eventId: 'e2', reservationIds: ['late'] }]);
      expect(await overdueHolds(late, 3)).toEqual([
        { eventId: 'e2', reservationIds: ['late'] },
        { eventId: 'e1', reservationIds: ['r0', 'r1'] },
      ]);
    } finally {
      await side.pool.query('delete from parked_events');
    }
  });

  it('find overdue holds by the index, independent of the number of reservations', async () => {
    const client = await side.pool.connect();
    try {
      await client.query('begin; set local enable_seqscan = off');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain (generic_plan) ${OVERDUE}`,
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toMatch(/Merge Append[^]*Index Scan using reservations_v\d+_p0_expires_at_idx/);
      expect(plan).not.toMatch(/Seq Scan on reservations/);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
