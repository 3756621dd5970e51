import type { Outcome } from '../../src/commands/seat-inventory/writer/outcome.js';
import { drawPlan } from '../../test/support/seat-inventory/drawn-plan.js';
import { confirm, expire, reserve } from '../../test/support/seat-inventory/commands.js';
import { HOLD_SECONDS, secondsAfterNoon } from '../../test/support/seat-inventory/rules.js';
import type { Sale, ShopNode, WriteSide } from '../../test/support/write-side.js';

const SEATS = 2_000;
const CLOCKS_OFF_MS = 30_000;
const { plan, layout } = drawPlan([Array.from({ length: SEATS / 40 }, () => '.'.repeat(40))]);
const holdEnd = secondsAfterNoon(HOLD_SECONDS);

export interface RacesWon {
  readonly confirmed: number;
  readonly expired: number;
  readonly neither: number;
  readonly both: number;
  /** Buyers who were told something else than the log says. */
  readonly toldWrong: number;
}

/**
 * A hold is expired at one node and confirmed at another, each at what its own clock takes for its
 * end, half a minute off.
 */
export async function race(
  side: WriteSide,
  races: number,
  onProgress: (done: number) => void = () => {},
): Promise<RacesWon> {
  const nodes: [ShopNode, ShopNode] = [side.openNode(), side.openNode()];
  const wins = { confirmed: 0, expired: 0, neither: 0, both: 0, toldWrong: 0 };
  for (let done = 0; done < races; done += SEATS) {
    const sale = await side.openSale({ maxSeatsPerCustomer: 1 }, plan);
    const inThisVenue = Math.min(SEATS, races - done);
    const told = await Promise.all(
      Array.from({ length: inThisVenue }, (_, at) => raceOnce(sale, at, nodes)),
    );
    const ends = await endsOf(sale);
    for (let at = 0; at < inThisVenue; at++) {
      const had = ends.get(`r${at}`) ?? [];
      if (told[at]!.accepted !== had.includes('ReservationConfirmed')) wins.toldWrong++;
      if (had.length > 1) wins.both++;
      else if (had.length === 0) wins.neither++;
      else if (had[0] === 'ReservationConfirmed') wins.confirmed++;
      else wins.expired++;
    }
    onProgress(done + inThisVenue);
  }
  return wins;
}

/** At the end of the hold, as each node's own clock has it. */
const aroundTheEnd = () => holdEnd + Math.round((Math.random() * 2 - 1) * CLOCKS_OFF_MS);

/** Gives what the buyer was told. */
async function raceOnce(sale: Sale, at: number, nodes: [ShopNode, ShopNode]): Promise<Outcome> {
  const [id, by] = [`r${at}`, `buyer-${at}`];
  const [one, other] = at % 2 === 0 ? nodes : nodes.toReversed();
  await sale.ask(one!, reserve([layout.seatIds[at]!], { as: id, by }));
  const expiring = () => sale.ask(one!, expire([id], aroundTheEnd()));
  const confirming = () => sale.ask(other!, confirm(id, { by, at: aroundTheEnd() }));
  if (Math.random() < 0.5) return (await Promise.all([expiring(), confirming()]))[1];
  return (await Promise.all([confirming(), expiring()]))[0];
}

async function endsOf(sale: Sale): Promise<Map<string, string[]>> {
  const ends = new Map<string, string[]>();
  for (const { type, data } of await sale.log()) {
    if (type !== 'ReservationConfirmed' && type !== 'ReservationExpired') continue;
    const { reservationId } = data as { reservationId: string };
    ends.set(reservationId, [...(ends.get(reservationId) ?? []), type]);
  }
  return ends;
}
