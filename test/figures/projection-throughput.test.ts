import type { SeatInventoryEvent } from '../../src/domain/seat-inventory/events.js';
import type { Projection } from '../../src/projections/projection.js';
import { reservationsProjection } from '../../src/projections/reservations.js';
import { seatStatusProjection } from '../../src/projections/seat-status.js';
import { seatStatusQueries } from '../../src/read-models/seat-inventory/seat-status-queries.js';
import { confirmed, opened, reserved } from '../support/seat-inventory/events.js';
import { LOGS, openReadSide, until, type ReadSide } from '../support/read-side.js';

const SEATS = 8_000;
/** Concurrent reservations, as in a crowd. */
const CROWD = 128;
/**
 * Far below the rate of an idle machine (docs/concepts/projections.md), so that it fails only when
 * something is wrong.
 */
const LEAST_PER_SECOND = 1_000;

/** Reservations of two seats, paid after all concurrent ones were held. */
function sellOut(): SeatInventoryEvent[] {
  const events: SeatInventoryEvent[] = [opened({ seatCount: SEATS })];
  const pairs = SEATS / 2;
  const seatsOf = (pair: number) => [`Block-${pair}-1`, `Block-${pair}-2`];
  for (let at = 0; at < pairs + CROWD; at++) {
    if (at < pairs) events.push(reserved(`r${at}`, seatsOf(at), { by: `c${at}` }));
    if (at >= CROWD) events.push(confirmed(`r${at - CROWD}`, seatsOf(at - CROWD)));
  }
  return events;
}

describe.each(LOGS)('catching up with %s', (log) => {
  let side: ReadSide;
  const events = sellOut();
  beforeAll(async () => {
    side = await openReadSide(log);
    await side.append('e1', ...events);
  });
  afterAll(() => side.close());

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const both: Projection<any>[] = [seatStatusProjection, reservationsProjection];
  it.each(both.map((projection) => [projection.readModel.name, projection] as const))(
    'takes in a sold-out hall: %s',
    async (name, projection) => {
      const began = performance.now();
      const runner = side.run(projection);
      await until(
        () => runner.status().applied >= events.length,
        30_000,
        () => side.messages,
      );
      const perSecond = Math.round((events.length / (performance.now() - began)) * 1_000);
      await runner.stop();
      console.info(`${name} over ${log}: ${perSecond} domain events/s`);
      expect(perSecond).toBeGreaterThan(LEAST_PER_SECOND);
    },
  );

  it('ends with every seat sold once', async () => {
    expect(await seatStatusQueries(side.pool).inventory('e1')).toMatchObject({
      revision: events.length - 1,
      counts: { available: 0, reserved: 0, sold: SEATS, blocked: 0 },
    });
    const { rows } = await side.pool.query(`
      select count(*)::int as seats, count(distinct seat_id)::int as different
      from seat_status where status = 's'`);
    expect(rows).toEqual([{ seats: SEATS, different: SEATS }]);
    const owners = await side.pool.query(`
      select count(*)::int as seats, count(distinct seat)::int as different
      from reservations cross join unnest(seat_ids) seat where status = 'confirmed'`);
    expect(owners.rows).toEqual([{ seats: SEATS, different: SEATS }]);
  });
});
