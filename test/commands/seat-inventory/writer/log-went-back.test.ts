import { randomUUID } from 'node:crypto';
import { chained, textOf } from '../../../../src/adapters/event-store/chained.js';
import { systemClock } from '../../../../src/adapters/system/clock.js';
import { systemRandomness } from '../../../../src/adapters/system/randomness.js';
import { openPayments } from '../../../../src/commands/payment/payments.js';
import { openSeatingPlans } from '../../../../src/commands/seating-plan/seating-plans.js';
import { openWaitingRoomLog } from '../../../../src/commands/waiting-room/waiting-room-log.js';
import { digestOf } from '../../../../src/domain/audit/chain.js';
import type { RequestPayment } from '../../../../src/domain/payment/commands.js';
import type { ConfigureWaitingRoom } from '../../../../src/domain/waiting-room/decide.js';
import { paymentStream } from '../../../../src/domain/payment/events.js';
import { seatInventoryStream } from '../../../../src/domain/seat-inventory/events.js';
import type { Clock } from '../../../../src/ports/system/clock.js';
import type { EventStore, RecordedEvent } from '../../../../src/ports/event-store/event-store.js';
import { LOG_TRUST_MS } from '../../../../src/ports/event-store/log-identity.js';
import { proveLog } from '../../../support/log/log-proof.js';
import { confirm, reserve } from '../../../support/seat-inventory/commands.js';
import { rectangularPlan, theatrePlan } from '../../../support/seat-inventory/plans.js';
import {
  collect,
  LOGS,
  newContext,
  openWriteSide,
  type WriteSide,
} from '../../../support/write-side.js';
import { restorable } from '../../../support/eventstoredb/eventstoredb-server.js';

const logs = restorable(LOGS);
describe.each(logs)('A log that went back under a living process, over %s', (logName) => {
  let side: WriteSide;
  /** Added to the time of the nodes: the silence of a restore. Milliseconds. */
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
    return (rows[0] as { size: number | null }).size ?? 0;
  };
  const restore = async (to: number) => {
    if (side.eventStoreDb) await side.eventStoreDb.inTest!.restore(to);
    else await side.pool.query('delete from domain_events where position > $1', [to]);
    later += LOG_TRUST_MS;
  };
  /** The first call detects the cut connection. */
  const connected = async (...stores: EventStore[]) => {
    for (const store of stores)
      for (let answers = false; !answers;)
        answers = await store.ping().then(
          () => true,
          () => systemClock.sleep(20).then(() => false),
        );
  };

  it('a writer loads its inventory again and answers, without a conflict', async () => {
    const node = side.openNode({ clock });
    const sale = await side.openSale();
    const backup = await size();
    await sale.ask(node, reserve(['A1'], { as: 'r1', by: 'ann' }));
    await sale.ask(node, confirm('r1', { by: 'ann' }));
    await restore(backup);
    await connected(node.eventStore);
    expect(await sale.ask(node, reserve(['A1'], { as: 'r2', by: 'bob' }))).toMatchObject({
      ...{ accepted: true, revision: 1n, written: true },
    });
    expect(node.writers.stats.conflicts).toBe(0);
    expect(node.log.filter((line) => line.startsWith('Reloading the inventory'))).toHaveLength(1);
    proveLog(await sale.log());
  });

  it(
    'a writer that is in the middle of a rush finds it out by its first refused ' + 'append',
    async () => {
      const node = side.openNode({ clock });
      const sale = await side.openSale();
      const backup = await size();
      await sale.ask(node, reserve(['A1'], { as: 'r1', by: 'ann' }));
      await restore(backup);
      await connected(node.eventStore);
      // As if an answer had just arrived.
      later = 0;
      const asked = ['A1', 'A2', 'A3'].map((seat, at) =>
        sale.ask(node, reserve([seat], { as: `s${at}`, by: `buyer-${at}` })),
      );
      for (const outcome of await Promise.all(asked))
        expect(outcome).toMatchObject({ accepted: true });
      expect(node.writers.stats.conflicts).toBeLessThanOrEqual(1);
      proveLog(await sale.log());
    },
  );

  it('a writer sees that another node has made the stream as long as before', async () => {
    const node = side.openNode({ clock });
    const other = side.openNode();
    const sale = await side.openSale();
    const backup = await size();
    await sale.ask(node, reserve(['A1'], { as: 'r1', by: 'ann' }));
    await restore(backup);
    await connected(node.eventStore, other.eventStore);
    await sale.ask(other, reserve(['A2'], { as: 'r2', by: 'bob' }));
    // Its memory has A1 taken and A2 free, at the same revision.
    expect(await sale.ask(node, reserve(['A2'], { as: 'r3', by: 'cai' }))).toMatchObject({
      ...{ accepted: false, rejection: { code: 'seats-unavailable' } },
    });
    expect(await sale.ask(node, reserve(['A1'], { as: 'r4', by: 'cai' }))).toMatchObject({
      accepted: true,
    });
    proveLog(await sale.log());
  });

  it('a repeated request is not answered from memory', async () => {
    const node = side.openNode({ clock });
    const sale = await side.openSale();
    const backup = await size();
    const request = reserve(['A1'], { as: 'r1', by: 'ann' });
    await sale.ask(node, request);
    await restore(backup);
    await connected(node.eventStore);
    expect(await sale.ask(node, request)).toMatchObject({ accepted: true, written: true });
    expect(await sale.log()).toHaveLength(2);
  });

  it('a sale that the log does not have any more is not found', async () => {
    const backup = await size();
    const node = side.openNode({ clock });
    const sale = await side.openSale();
    await sale.ask(node, reserve(['A1'], { as: 'r1', by: 'ann' }));
    await restore(backup);
    await connected(node.eventStore);
    expect(await sale.ask(node, reserve(['A2'], { as: 'r2', by: 'bob' }))).toEqual({
      ...{ accepted: false, rejection: { code: 'event-not-found' } },
    });
  });

  it('a snapshot beyond the end is not loaded', async () => {
    const hall = rectangularPlan(520);
    const seats = hall.zones[0]!.rows.flatMap((row) => row.seats.map(({ id }) => id));
    const node = side.openNode({ clock });
    const sale = await side.openSale({}, hall);
    const backup = await size();
    await Promise.all(
      seats.map((seat, at) => sale.ask(node, reserve([seat], { as: `r${at}`, by: `buyer-${at}` }))),
    );
    await node.close();
    expect((await side.pool.query('select from snapshots')).rowCount).toBe(1);
    await restore(backup);
    const cold = side.openNode();
    await connected(cold.eventStore);
    expect(await sale.ask(cold, reserve([seats[0]!], { as: 'n1', by: 'bob' }))).toMatchObject({
      ...{ accepted: true, revision: 1n },
    });
    expect((await side.pool.query('select from snapshots')).rowCount).toBe(0);
  });

  describe('payments', () => {
    const id = randomUUID();
    const request = (reservationId: string): RequestPayment => ({
      ...{ type: 'RequestPayment', reservationId, eventId: 'event-1', customerId: 'customer-1' },
      ...{
        provider: 'sandbox',
        token: 'tok_success',
        amount: { amountMinor: 5_000, currency: 'EUR' },
      },
      ...{ purpose: { type: 'reservation' }, holdExpiresAt: '2026-01-01T12:10:00.000Z' },
      ...{
        now: systemClock.now(),
      },
    });

    it('are read again, and written behind what the log has', async () => {
      const node = side.openNode({ clock });
      const payments = openPayments(node.eventStore, clock, systemRandomness);
      const backup = await size();
      await payments.write(id, [request(id)], newContext());
      expect(await payments.load(id)).toBeDefined();
      await restore(backup);
      await connected(node.eventStore);
      expect(await payments.write(id, [request(id)], newContext())).toMatchObject({
        ...{ accepted: true, written: true },
      });
      expect(await collect(node.eventStore.readStream(paymentStream(id)))).toHaveLength(1);
      await restore(backup);
      await connected(node.eventStore);
      expect(await payments.load(id)).toBeUndefined();
    });
  });

  it('a waiting room is read again', async () => {
    const node = side.openNode({ clock });
    const log = openWaitingRoomLog(node.eventStore, clock);
    const backup = await size();
    const eventId = randomUUID();
    await log.write(configure(eventId), newContext());
    expect(await log.latest(eventId)).toBeDefined();
    await restore(backup);
    await connected(node.eventStore);
    expect(await log.latest(eventId)).toBeUndefined();
    expect(await log.write(configure(eventId), newContext())).toMatchObject({ accepted: true });
  });

  it('a seating plan that is known here is stored again', async () => {
    const node = side.openNode({ clock });
    const plans = openSeatingPlans(node.eventStore);
    const backup = await size();
    const { layout } = await plans.store(theatrePlan, newContext());
    await restore(backup);
    await connected(node.eventStore);
    await plans.store(theatrePlan, newContext());
    expect(await openSeatingPlans(node.eventStore).load(layout.hash)).toBeDefined();
  });

  it('digests follow from what the log has', async () => {
    const node = side.openNode({ clock });
    const store = chained(node.eventStore, undefined, () => clock.now());
    const other = chained(side.openNode().eventStore);
    const stream = seatInventoryStream(randomUUID());
    await store.append(stream, 'no-stream', [fact('a')]);
    const backup = await size();
    await store.append(stream, 0n, [fact('b')]);
    await restore(backup);
    await connected(store, other);
    await other.append(stream, 0n, [fact('c')]);
    await store.append(stream, 1n, [fact('d')]);
    const events = await collect(node.eventStore.readStream(stream));
    for (const [at, event] of events.entries())
      if (at > 0) expect(previousOf(event)).toBe(digestOf(textOf(events[at - 1]!)));
  });
});

const configure = (eventId: string): ConfigureWaitingRoom => ({
  type: 'ConfigureWaitingRoom',
  eventId,
  settings: { admitPerMinute: 10, maxShoppers: 1 },
  startsNewRun: true,
  onSaleAt: null,
  seed: '',
  now: systemClock.now(),
});

const previousOf = ({ metadata }: RecordedEvent) =>
  (metadata as unknown as { previousDigest: string }).previousDigest;

const fact = (text: string) => ({
  ...{ id: randomUUID(), type: 'Noted', data: { text } },
  metadata: {
    ...{ $correlationId: 'c', $causationId: 'c', commandId: 'c', schemaVersion: 1 },
    actor: { id: 'ann', role: 'customer' as const },
  },
});
