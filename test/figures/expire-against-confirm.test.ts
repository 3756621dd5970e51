import type { Outcome } from '../../src/commands/inventory-writer.js';
import { house } from '../support/house.js';
import { confirm, expire, HOLD_SECONDS, reserve, secondsAfterNoon } from '../support/phrases.js';
import { LOGS, openWriteSide, type Sale, type ShopNode, type WriteSide } from '../support/write-side.js';

/** Races of one run: all of them with `BOXOFFICE_RACES=100000`, as `npm run bench:payments` does. */
const RACES = Number(process.env.BOXOFFICE_RACES ?? 4_000);
const HOUSE_SEATS = 2_000;
const CLOCKS_OFF_MS = 30_000;
const { plan, layout } = house([Array.from({ length: HOUSE_SEATS / 40 }, () => '.'.repeat(40))]);
const holdEnd = secondsAfterNoon(HOLD_SECONDS);

describe.each(LOGS)('A hold is expired at one node and confirmed at another, over %s', (logName) => {
  let side: WriteSide;
  let nodes: ShopNode[];
  beforeAll(async () => {
    side = await openWriteSide(logName);
    nodes = [side.openNode(), side.openNode()];
  });
  afterAll(() => side.close());

  /** At the end of the hold, as each node's own clock has it: up to half a minute off. */
  const aroundTheEnd = () => holdEnd + Math.round((Math.random() * 2 - 1) * CLOCKS_OFF_MS);

  /** Gives what the buyer was told. */
  const race = async (sale: Sale, at: number): Promise<Outcome> => {
    const [id, by] = [`r${at}`, `buyer-${at}`];
    const [one, other] = at % 2 === 0 ? [nodes[0]!, nodes[1]!] : [nodes[1]!, nodes[0]!];
    await sale.ask(one, reserve([layout.seatIds[at]!], { as: id, by }));
    const expiring = () => sale.ask(one, expire([id], aroundTheEnd()));
    const confirming = () => sale.ask(other, confirm(id, { by, at: aroundTheEnd() }));
    if (Math.random() < 0.5) return (await Promise.all([expiring(), confirming()]))[1];
    return (await Promise.all([confirming(), expiring()]))[0];
  };

  it(`${RACES} races with clocks off by half a minute have one winner each`, async () => {
    const wins = { confirmed: 0, expired: 0, neither: 0, both: 0 };
    for (let done = 0; done < RACES; done += HOUSE_SEATS) {
      const sale = await side.openSale({ maxSeatsPerCustomer: 1 }, plan);
      const races = Math.min(HOUSE_SEATS, RACES - done);
      const told = await Promise.all(Array.from({ length: races }, (_, at) => race(sale, at)));
      const ends = new Map<string, string[]>();
      for (const { type, data } of await sale.log()) {
        if (type !== 'ReservationConfirmed' && type !== 'ReservationExpired') continue;
        const { reservationId } = data as { reservationId: string };
        ends.set(reservationId, [...(ends.get(reservationId) ?? []), type]);
      }
      for (let at = 0; at < races; at++) {
        const had = ends.get(`r${at}`) ?? [];
        expect(told[at]!.accepted).toBe(had.includes('ReservationConfirmed'));
        if (had.length > 1) wins.both++;
        else if (had.length === 0) wins.neither++;
        else if (had[0] === 'ReservationConfirmed') wins.confirmed++;
        else wins.expired++;
      }
    }
    console.info(`${logName}: ${RACES} races, ${wins.confirmed} confirmed, ${wins.expired} expired`);
    expect(wins.both).toBe(0);
    expect(wins.neither).toBe(0);
    expect(wins.confirmed + wins.expired).toBe(RACES);
    // Both happen, or nothing was raced.
    expect(Math.min(wins.confirmed, wins.expired)).toBeGreaterThan(RACES / 20);
  }, 600_000);
});
