import type { Outcome } from '../../../../src/commands/seat-inventory/writer/outcome.js';
import { proveLog } from '../../../support/log/log-proof.js';
import { release, reserve } from '../../../support/seat-inventory/commands.js';
import { LOGS, openWriteSide, type Sale, type WriteSide } from '../../../support/write-side.js';
import { hall, readsOf, reserveSeat } from './large-hall.fixture.js';

describe.each(LOGS)('The cache of inventories, over %s', (logName) => {
  let side: WriteSide;
  beforeAll(async () => {
    side = await openWriteSide(logName);
  });
  afterAll(() => side.close());

  it(
    'a node with memory for two inventories serves four, in the middle of their ' + 'work too',
    async () => {
      const node = side.openNode({ maxBytes: 30_000 });
      const sales = await Promise.all(Array.from({ length: 4 }, () => side.openSale()));
      const seats = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8'];
      const outcomes: Outcome[] = [];
      for (const [at, seatId] of seats.entries()) {
        const wave = sales.flatMap((sale) =>
          ['first', 'second'].map((buyer) =>
            sale.ask(node, reserve([seatId], { as: `${buyer} ${at}`, by: `${buyer} ${at}` })),
          ),
        );
        outcomes.push(...(await Promise.all(wave)));
      }
      expect(outcomes.filter(({ accepted }) => accepted)).toHaveLength(seats.length * sales.length);
      for (const sale of sales) {
        expect([...proveLog(await sale.log()).holderOf]).toEqual(
          seats.map((seatId, at) => [seatId, `first ${at}`]),
        );
        expect(readsOf(sale, node).filter((from) => from === 0n).length).toBeGreaterThan(1);
      }
    },
  );

  it(
    'an inventory that grows makes the others leave memory, and is itself kept ' + 'however large',
    async () => {
      const node = side.openNode({ maxBytes: 60_000 });
      const [quiet, busy] = [await side.openSale(), await side.openSale({}, hall)];
      // Not the first domain event: that one is read back by itself too.
      const first = side.openNode();
      await quiet.ask(first, reserve(['A1'], { as: 'first', by: 'ann' }));
      await busy.ask(first, reserveSeat(400));
      const timesRead = (sale: Sale) => readsOf(sale, node).filter((from) => from === 0n).length;
      for (const sale of [quiet, busy, quiet, busy]) await sale.ask(node, release('nobody'));
      expect([timesRead(quiet), timesRead(busy)]).toEqual([1, 1]);
      await Promise.all(Array.from({ length: 300 }, (_, at) => busy.ask(node, reserveSeat(at))));
      await quiet.ask(node, release('nobody'));
      expect(timesRead(quiet)).toBe(2);
      await busy.ask(node, reserveSeat(301));
      await busy.ask(node, reserveSeat(302));
      expect(timesRead(busy)).toBe(2);
    },
  );
});
