import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../../src/adapters/system/clock.js';
import { COMPARED_FOR_MS } from '../../../../src/commands/seat-inventory/writer/sales-end.js';
import { LOG_TRUST_MS } from '../../../../src/ports/event-store/log-identity.js';
import type { Clock } from '../../../../src/ports/system/clock.js';
import { reserve } from '../../../support/seat-inventory/commands.js';
import {
  LOGS,
  newContext,
  openWriteSide,
  type Sale,
  type WriteSide,
} from '../../../support/write-side.js';
import { itOnInTestNode } from '../../../support/eventstoredb/eventstoredb-server.js';

const FIRST = '2030-06-01T18:00:00.000Z';
const MOVED = '2030-06-02T18:00:00.000Z';

describe.each(LOGS)('A sale whose event is moved, over %s', (logName) => {
  let side: WriteSide;
  /** Added to the time of the nodes. Milliseconds. */
  let later = 0;
  const clock: Clock = { now: () => systemClock.now() + later, sleep: systemClock.sleep };
  beforeEach(async () => {
    later = 0;
    side = await openWriteSide(logName);
  });
  afterEach(() => side.close());

  const size = async (): Promise<number> => {
    if (side.eventStoreDb) return side.eventStoreDb.inTest!.size();
    const { rows } = await side.pool.query('select max(position)::int as size from domain_events');
    return (rows[0] as { size: number }).size;
  };
  const restore = async (to: number) => {
    if (side.eventStoreDb) await side.eventStoreDb.inTest!.restore(to);
    else await side.pool.query('delete from domain_events where position > $1', [to]);
    later += LOG_TRUST_MS;
  };
  const node = () => side.openNode({ clock });
  const append = (sale: Sale, type: string, revision: bigint | 'no-stream', data: object) =>
    node().eventStore.append(`event-${sale.eventId}`, revision, [
      { id: randomUUID(), type, data, metadata: newContext() } as never,
    ]);
  const scheduled = async () => {
    const sale = await side.openSale({ salesEndAt: FIRST });
    await append(sale, 'EventScheduled', 'no-stream', { eventId: sale.eventId, startsAt: FIRST });
    return sale;
  };
  const move = (sale: Sale) => append(sale, 'EventRescheduled', 0n, { startsAt: MOVED });
  const ends = async (sale: Sale) =>
    (await sale.log()).flatMap(({ type, data }) =>
      type === 'SalesEndMoved' ? [(data as { salesEndAt: string }).salesEndAt] : [],
    );

  it(
    'follows within a minute when the node that moved it died before it told the ' + 'inventory',
    async () => {
      const sale = await scheduled();
      const seller = node();
      expect(await sale.ask(seller, reserve(['A1'], { as: 'r1' }))).toMatchObject({
        accepted: true,
      });
      await move(sale);
      expect(await sale.ask(seller, reserve(['A2'], { as: 'r2' }))).toMatchObject({
        accepted: true,
      });
      expect(await ends(sale)).toEqual([]);
      later += COMPARED_FOR_MS;
      expect(await sale.ask(seller, reserve(['A3'], { as: 'r3' }))).toMatchObject({
        accepted: true,
      });
      expect(await ends(sale)).toEqual([MOVED]);
    },
  );

  it('follows with the next sale when this node could not tell the inventory', async () => {
    const sale = await scheduled();
    let isAway = false;
    const seller = side.openNode({
      clock,
      through: (store) => ({
        ...store,
        readStream: (stream, options) => {
          if (isAway) throw new Error('The store is away.');
          return store.readStream(stream, options);
        },
      }),
    });
    await sale.ask(seller, reserve(['A1'], { as: 'r1' }));
    await move(sale);
    isAway = true;
    await expect(seller.writers.followStart(sale.eventId, newContext())).rejects.toThrow('away');
    isAway = false;
    await sale.ask(seller, reserve(['A2'], { as: 'r2' }));
    expect(await ends(sale)).toEqual([MOVED]);
  });

  itOnInTestNode('follows although the stream of the inventory went back', async () => {
    const sale = await scheduled();
    const seller = node();
    await move(sale);
    const backup = await size();
    await sale.ask(seller, reserve(['A1'], { as: 'r1' }));
    expect(await ends(sale)).toEqual([MOVED]);
    await restore(backup);
    expect(await ends(sale)).toEqual([]);
    await seller.eventStore.ping().catch(() => {});
    await seller.writers.followStart(sale.eventId, newContext());
    expect(await ends(sale)).toEqual([MOVED]);
  });
});
