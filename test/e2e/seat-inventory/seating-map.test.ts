import { gunzipSync } from 'node:zlib';
import { openSeatingMaps, type SeatingMap } from '../../../src/http/seating-plan/seating-maps.js';
import { drawPlan } from '../../support/seat-inventory/drawn-plan.js';

/** More than are written at once. */
const ROWS = 900;
const { layout } = drawPlan([Array<string>(ROWS).fill('..........')]);
const venue = { layout, prices: [{ category: 'A', amountMinor: 2_500, currency: 'EUR' }] };

/** Returns a status with as many sold seats as the revision. */
function boardAt(revision: number) {
  const status = 's'.repeat(revision).padEnd(layout.seatCount, 'a');
  const counts = {
    available: layout.seatCount - revision,
    reserved: 0,
    sold: revision,
    blocked: 0,
  };
  const json = Buffer.from(status);
  return {
    eventId: 'event',
    seatingPlanHash: 'hash',
    revision,
    counts,
    status,
    etag: `"${revision}"`,
    json,
  };
}

const read = ({ body }: SeatingMap, zipped = false) =>
  JSON.parse((zipped ? gunzipSync(body) : body).toString()) as {
    revision: number;
    seats: { seatId: string; status: string }[];
  };

describe('the seating map of a large venue', () => {
  it.each([
    ['plain', false],
    ['zipped', true],
  ])('has every seat in plan order, %s', async (_, zipped) => {
    const map = await openSeatingMaps().of(venue, boardAt(3), zipped);
    const { revision, seats } = read(map, zipped);
    expect(revision).toBe(3);
    expect(seats.map(({ seatId }) => seatId)).toEqual(layout.seatIds);
    expect(seats.filter(({ status }) => status === 'sold')).toHaveLength(3);
    expect(seats[3]).toEqual({
      ...{ seatId: '1-1-4', section: 'Section 1', row: '1', number: '4', x: 30, y: 0 },
      ...{ category: 'A', amountMinor: 2_500, currency: 'EUR', status: 'available' },
    });
  });

  it('is built once for all requests of a revision', async () => {
    const maps = openSeatingMaps();
    const [first, ...others] = await Promise.all(
      [1, 2, 3].map(() => maps.of(venue, boardAt(5), true)),
    );
    others.push(await maps.of(venue, boardAt(5), true));
    for (const other of others) expect(other.body).toBe(first!.body);
  });

  it('is built twice for a hundred changes during a build: before and after them', async () => {
    const maps = openSeatingMaps();
    const first = maps.of(venue, boardAt(0), false);
    await Promise.resolve();
    await Promise.resolve();
    const asked = Array.from({ length: 100 }, (_, at) => maps.of(venue, boardAt(at + 1), false));
    expect((await first).revision).toBe(0);
    const answers = new Set(await Promise.all(asked));
    expect([...answers].map(({ revision }) => revision)).toEqual([100]);
  });

  it('is never older than the requested revision', async () => {
    const maps = openSeatingMaps();
    for (const revision of [4, 6, 5]) {
      expect((await maps.of(venue, boardAt(revision), false)).revision).toBeGreaterThanOrEqual(
        revision,
      );
    }
  });

  it('does not block other requests while it is built', async () => {
    const maps = openSeatingMaps();
    let turns = 0;
    let done = false;
    const count = () => void (done || (turns++, setImmediate(count)));
    setImmediate(count);
    await maps.of(venue, boardAt(1), false);
    done = true;
    expect(turns).toBeGreaterThan(1);
  });
});
