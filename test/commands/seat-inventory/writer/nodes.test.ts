import {
  TooManyConflicts,
  type Outcome,
} from '../../../../src/commands/seat-inventory/writer/outcome.js';
import type { EventStore } from '../../../../src/ports/event-store/event-store.js';
import { proveLog } from '../../../support/log/log-proof.js';
import {
  block,
  confirm,
  release,
  reserve,
  unblock,
} from '../../../support/seat-inventory/commands.js';
import { HOLD_SECONDS, NOON, secondsAfterNoon } from '../../../support/seat-inventory/rules.js';
import {
  LOGS,
  newContext,
  openWriteSide,
  type Sale,
  type ShopNode,
  type WriteSide,
} from '../../../support/write-side.js';

const seats = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'B1', 'B2'];
const won = (outcomes: readonly Outcome[]) => outcomes.filter(({ accepted }) => accepted).length;
const codes = (outcomes: readonly Outcome[]) => [
  ...new Set(outcomes.flatMap((outcome) => (outcome.accepted ? [] : [outcome.rejection.code]))),
];

/** Each buyer wants one of the ten seats and pays at once if it gets it. */
async function crowd(sale: Sale, nodes: readonly ShopNode[], buyers: number) {
  for (const node of nodes) await sale.ask(node, release('nobody'));
  const started = performance.now();
  const slowest = { ms: 0 };
  const buy = async (buyer: number): Promise<Outcome> => {
    const node = nodes[Math.floor(buyer / seats.length) % nodes.length]!;
    const by = `buyer-${buyer}`;
    const reserved = await sale.ask(node, reserve([seats[buyer % seats.length]!], { as: by, by }));
    slowest.ms = Math.max(slowest.ms, performance.now() - started);
    if (reserved.accepted) await sale.ask(node, confirm(by, { by, paid: `pay-${buyer}` }));
    return reserved;
  };
  const outcomes = await Promise.all(Array.from({ length: buyers }, (_, buyer) => buy(buyer)));
  const conflicts = nodes.reduce((sum, { writers }) => sum + writers.stats.conflicts, 0);
  const appends = nodes.reduce((sum, { writers }) => sum + writers.stats.appends, 0);
  return { outcomes, conflicts, appends, ms: slowest.ms };
}

describe.each(LOGS)('Writers of several nodes, over %s', (logName) => {
  let side: WriteSide;
  beforeAll(async () => {
    side = await openWriteSide(logName);
  });
  afterAll(() => side.close());

  it(
    '2,000 buyers after the same ten seats, one node: ten are sold, the others are ' + 'told so',
    async () => {
      const sale = await side.openSale();
      const { outcomes, conflicts, appends, ms } = await crowd(sale, [side.openNode()], 2_000);
      console.info(
        `${logName}, 1 node: 10 seats of 2,000 buyers, ` +
          `all answered in ${ms.toFixed(0)} ms by ${appends} appends, ${conflicts} wasted`,
      );
      expect(won(outcomes)).toBe(10);
      expect(codes(outcomes)).toEqual(['seats-unavailable']);
      expect([...proveLog(await sale.log()).sold].sort()).toEqual(seats);
      expect(conflicts / 10).toBeLessThanOrEqual(0.05);
      expect(ms).toBeLessThan(2_000);
    },
  );

  it(
    '500 buyers at each of two nodes that write against each other: ten are sold, ' + 'none twice',
    async () => {
      const sale = await side.openSale();
      const { outcomes, conflicts, appends, ms } = await crowd(
        sale,
        [side.openNode(), side.openNode()],
        1_000,
      );
      console.info(
        `${logName}, 2 nodes: 10 seats of 1,000 buyers, ` +
          `all answered in ${ms.toFixed(0)} ms by ${appends} appends, ${conflicts} wasted`,
      );
      expect(won(outcomes)).toBe(10);
      expect(codes(outcomes)).toEqual(['seats-unavailable']);
      expect([...proveLog(await sale.log()).sold].sort()).toEqual(seats);
    },
  );

  it('the same request at two nodes at once is one reservation', async () => {
    const sale = await side.openSale();
    const nodes = [side.openNode(), side.openNode()];
    const outcomes = await Promise.all(nodes.map((node) => sale.ask(node, reserve(['A1']))));
    expect(outcomes.map((outcome) => outcome.accepted && outcome.reservation?.seatIds)).toEqual([
      ['A1'],
      ['A1'],
    ]);
    expect(outcomes.map((outcome) => outcome.accepted && outcome.written).sort()).toEqual([
      false,
      true,
    ]);
    expect(proveLog(await sale.log()).statusOf).toEqual(new Map([['r1', 'held']]));
  });

  describe('a refusal rests on the log, not on what a node remembers:', () => {
    let sale: Sale;
    let here: ShopNode;
    let there: ShopNode;
    beforeEach(async () => {
      sale = await side.openSale();
      here = side.openNode();
      there = side.openNode();
      await sale.ask(here, reserve(['C1'], { as: 'r0', by: 'cleo' }));
    });

    it('a reservation made at another node is found', async () => {
      await sale.ask(there, reserve(['A1']));
      expect(await sale.ask(here, confirm('r1'))).toMatchObject({ accepted: true, written: true });
    });

    it('a seat released at another node can be reserved', async () => {
      await sale.ask(here, reserve(['A1']));
      await sale.ask(there, release('r1'));
      expect(await sale.ask(here, reserve(['A1'], { as: 'r2', by: 'bob' }))).toMatchObject({
        accepted: true,
      });
    });

    it('what has been done is known to have been undone', async () => {
      await sale.ask(here, block(['A1']));
      await sale.ask(there, unblock(['A1']));
      expect(await sale.ask(here, block(['A1']))).toMatchObject({ accepted: true, written: true });
    });

    it('a hold that another node’s payment lengthened is known', async () => {
      const late = secondsAfterNoon(HOLD_SECONDS);
      await sale.ask(here, reserve(['A1']));
      await sale.ask(there, confirm('r1'));
      expect(
        await sale.ask(here, reserve(['A1'], { as: 'r2', by: 'bob', at: late })),
      ).toMatchObject({
        rejection: { code: 'seats-unavailable' },
      });
    });
  });

  it('who came first is served first, even when the batch loses against another node', async () => {
    const sale = await side.openSale();
    const here = side.openNode({ limits: { maxBatch: 4 } });
    await sale.ask(here, release('nobody'));
    await sale.ask(side.openNode(), reserve(['C1'], { as: 'elsewhere', by: 'zoe' }));
    const buyers = Array.from({ length: 40 }, (_, at) => `buyer-${at}`);
    const outcomes = await Promise.all(
      buyers.map((by) => sale.ask(here, reserve(['A1'], { as: by, by }))),
    );
    expect(outcomes.findIndex(({ accepted }) => accepted)).toBe(0);
    expect(won(outcomes)).toBe(1);
    expect(here.writers.stats.conflicts).toBe(1);
  });

  it('an event that another node opens is found once it is open', async () => {
    const unknown = side.noSale();
    const node = side.openNode();
    expect(await unknown.ask(node, reserve(['A1']))).toMatchObject({
      rejection: { code: 'event-not-found' },
    });
    const sale = await side.openSale();
    expect(await sale.ask(node, reserve(['A1']))).toMatchObject({ accepted: true });
  });

  it('opened at two nodes at once it is one sale', async () => {
    const sale = await side.openSale();
    const opening = (await sale.log())[0]!.data as { openedAt: string };
    const inventory = Object.fromEntries(
      Object.entries(opening).filter(([field]) => field !== 'openedAt'),
    );
    const again = side.noSale();
    const command = { type: 'OpenInventory', inventory, now: NOON } as never;
    const outcomes = await Promise.all(
      [side.openNode(), side.openNode()].map((node) => again.ask(node, command)),
    );
    expect(outcomes.map((outcome) => outcome.accepted && outcome.written).sort()).toEqual([
      false,
      true,
    ]);
    expect(await again.log()).toHaveLength(1);
  });

  it('a node that loses every time gives up after its bound, and goes on afterwards', async () => {
    const sale = await side.openSale();
    const other = side.openNode();
    let blocked = 0;
    let interfering = true;
    const firstSomebodyElse = (store: EventStore): EventStore => ({
      ...store,
      append: async (...append) => {
        const seat = ['B1', 'B2'][blocked % 2]!;
        const toggle = Math.floor(blocked++ / 2) % 2 === 0 ? block([seat]) : unblock([seat]);
        if (interfering) await other.writers.execute(sale.eventId, toggle, newContext());
        return store.append(...append);
      },
    });
    const node = side.openNode({ limits: { maxConflicts: 3 }, through: firstSomebodyElse });
    await expect(sale.ask(node, reserve(['A1']))).rejects.toThrow(TooManyConflicts);
    expect(node.writers.stats.conflicts).toBe(4);
    expect(proveLog(await sale.log()).statusOf.size).toBe(0);

    interfering = false;
    expect(await sale.ask(node, reserve(['A1']))).toMatchObject({ accepted: true, written: true });
  });
});
