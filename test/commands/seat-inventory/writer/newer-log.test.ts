import { randomUUID } from 'node:crypto';
import { NewerLog } from '../../../../src/commands/shared/fold-recorded.js';
import { seatInventoryStream } from '../../../../src/domain/seat-inventory/events.js';
import { confirm, release, reserve } from '../../../support/seat-inventory/commands.js';
import {
  LOGS,
  newContext,
  openWriteSide,
  type Sale,
  type WriteSide,
} from '../../../support/write-side.js';

describe.each(LOGS)('A log that a newer version has written to, over %s', (logName) => {
  let side: WriteSide;
  beforeAll(async () => {
    side = await openWriteSide(logName);
  });
  afterAll(() => side.close());

  /** Appends what a newer version might write while this one still runs, at revision 1. */
  async function writtenByNewer(sale: Sale, type: string, schemaVersion: number): Promise<void> {
    const { commandId, correlationId, causationId, actor } = newContext();
    const seatsMoved = {
      id: randomUUID(),
      type,
      data: { seatIds: ['A1'], reason: 'moved', blockedAt: new Date().toISOString() },
      metadata: {
        $correlationId: correlationId,
        $causationId: causationId,
        commandId,
        actor,
        schemaVersion,
      },
    };
    await side.openNode().eventStore.append(seatInventoryStream(sale.eventId), 0n, [seatsMoved]);
  }

  it.each([
    ['a domain event of a name that this one does not know', 'SeatsMoved', 1],
    ['a domain event in a shape that this one does not know', 'SeatsBlocked', 2],
  ])(
    '%s: a node that has the sale in memory writes nothing behind it',
    async (_, type, schemaVersion) => {
      const sale = await side.openSale();
      const node = side.openNode();
      await sale.ask(node, release('nobody'));
      await writtenByNewer(sale, type, schemaVersion);
      const answers = await Promise.allSettled([
        sale.ask(node, reserve(['A1'])),
        sale.ask(node, reserve(['A2'], { as: 'r2' })),
      ]);
      expect(answers).toMatchObject([
        { reason: expect.any(NewerLog) },
        { reason: expect.any(NewerLog) },
      ]);
      await expect(sale.ask(node, confirm('r1'))).rejects.toThrow(NewerLog);
      expect((await sale.log()).map((event) => event.type)).toEqual(['InventoryOpened', type]);
    },
  );

  it.each([
    ['SeatsMoved', 1],
    ['SeatsBlocked', 2],
  ])('nor does a node that only now reads it: %s of shape %i', async (type, schemaVersion) => {
    const sale = await side.openSale();
    await writtenByNewer(sale, type, schemaVersion);
    const node = side.openNode();
    await expect(sale.ask(node, reserve(['A2']))).rejects.toThrow(NewerLog);
    expect(node.traffic.appends).toEqual([]);
  });

  it('what this one knows is folded as ever', async () => {
    const sale = await side.openSale();
    await writtenByNewer(sale, 'SeatsBlocked', 1);
    const node = side.openNode();
    expect(await sale.ask(node, reserve(['A1']))).toMatchObject({
      rejection: { code: 'seats-unavailable' },
    });
    expect(await sale.ask(node, reserve(['A2']))).toMatchObject({ accepted: true, revision: 2n });
  });
});
