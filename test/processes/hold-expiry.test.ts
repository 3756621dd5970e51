import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/adapters/system/clock.js';
import { systemRandomness } from '../../src/adapters/system/randomness.js';
import { seatInventoryStream } from '../../src/domain/seat-inventory/events.js';
import {
  startHoldExpiry,
  type HoldExpiry,
} from '../../src/processes/seat-inventory/hold-expiry.js';
import type { OverdueHolds } from '../../src/read-models/seat-inventory/reservations-queries.js';
import { proveLog } from '../support/log/log-proof.js';
import { reserve } from '../support/seat-inventory/commands.js';
import { rectangularPlan } from '../support/seat-inventory/plans.js';
import { impatientClock } from '../support/manual-clock.js';
import {
  newContext,
  openWriteSide,
  type Sale,
  type ShopNode,
  type WriteSide,
} from '../support/write-side.js';

/** A second of waiting takes ten milliseconds. */
const fastClock = impatientClock(100);
const hall = rectangularPlan(250);
const seatIds = hall.zones[0]!.rows.flatMap(({ seats }) => seats.map(({ id }) => id));

describe('Holds that are past their time', () => {
  let side: WriteSide;
  let node: ShopNode;
  beforeAll(async () => {
    side = await openWriteSide('postgres');
    node = side.openNode();
  });
  afterAll(() => side.close());

  /** All of its seats were held, long ago. */
  async function forgottenSale(): Promise<Sale & OverdueHolds> {
    const sale = await side.openSale({}, hall);
    await Promise.all(
      seatIds.map((seatId, at) =>
        sale.ask(node, reserve([seatId], { as: `r${at}`, by: `buyer-${at}` })),
      ),
    );
    return { ...sale, reservationIds: seatIds.map((_, at) => `r${at}`) };
  }
  const heldIn = async (sale: Sale) =>
    [...proveLog(await sale.log()).statusOf.values()].filter((status) => status === 'held').length;

  /** Its inventory cannot be folded here, nor can anything be written to it. */
  async function sickSale(): Promise<Sale & OverdueHolds> {
    const sale = await forgottenSale();
    const { commandId, correlationId, causationId, actor } = newContext();
    const metadata = { $correlationId: correlationId, $causationId: causationId, commandId, actor };
    await node.eventStore.append(seatInventoryStream(sale.eventId), BigInt(seatIds.length), [
      {
        id: randomUUID(),
        type: 'SeatsPainted',
        data: {},
        metadata: { ...metadata, schemaVersion: 1 },
      },
    ]);
    return sale;
  }

  interface Expiry extends HoldExpiry {
    /** Events asked for in each scan so far. */
    readonly scans: string[][];
    readonly log: string[];
  }
  /** Over what a read model tells that never hears of an ending, as that of a frozen event. */
  function expireHoldsOf(sales: readonly (Sale & OverdueHolds)[]): Expiry {
    const scans: string[][] = [];
    const log: string[] = [];
    const expiry = startHoldExpiry({
      overdueHolds: async (_now, _limit, leaveOut) => {
        const found = sales.filter(({ eventId }) => !leaveOut.includes(eventId));
        scans.push(found.map(({ eventId }) => eventId));
        return found;
      },
      withLock: async (work) => {
        await work();
        return true;
      },
      execute: ({ eventId, reservationIds, context }) =>
        node.writers.execute(
          eventId,
          { type: 'ExpireReservations', reservationIds, now: systemClock.now() },
          context,
        ),
      clock: fastClock,
      randomness: systemRandomness,
      warn: (message) => void log.push(message),
    });
    return { ...expiry, scans, log };
  }
  async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = performance.now() + 10_000; !(await holds()); await systemClock.sleep(10)) {
      if (performance.now() > end) throw new Error('It did not come in ten seconds.');
    }
  }

  it('are ended in the log, however many of one event', async () => {
    const sale = await forgottenSale();
    const expiry = expireHoldsOf([sale]);
    await until(async () => (await heldIn(sale)) === 0);
    await expiry.stop();
    expect(expiry.log).toEqual([]);
  });

  it(
    'do not wait behind a dozen events whose inventories are unavailable: each of ' +
      'these is logged once, and waits',
    async () => {
      const sick = await Promise.all(Array.from({ length: 12 }, sickSale));
      const sound = await forgottenSale();
      const expiry = expireHoldsOf([...sick, sound]);
      await until(async () => expiry.scans.length > 4 && (await heldIn(sound)) === 0);
      await expiry.stop();
      expect(expiry.scans[0]).toHaveLength(13);
      expect(expiry.scans[1]).toEqual([sound.eventId]);
      expect(expiry.log).toHaveLength(12);
      expect(expiry.log[0]).toMatch(
        /^holds of event .* not expired, trying again: Domain event .* not known/,
      );
    },
  );

  it('of which the log has long known the end are not asked for again and again', async () => {
    const sale = await forgottenSale();
    const expiry = expireHoldsOf([sale]);
    await until(() => expiry.scans.length > 6);
    await expiry.stop();
    const asked = expiry.scans.filter((events) => events.length > 0);
    expect(asked.length).toBeLessThanOrEqual(3);
    expect(expiry.asked()).toBe(asked.length * seatIds.length);
  });

  it(
    'are worked on by nobody once the expiry has stopped, even when one of the first ' +
      'is unavailable',
    async () => {
      const [sick, ...sound] = await Promise.all([sickSale(), forgottenSale(), forgottenSale()]);
      const expiry = expireHoldsOf([sick, ...sound]);
      await until(() => expiry.log.length > 0);
      await expiry.stop();
      const asked = expiry.asked();
      await systemClock.sleep(100);
      expect(expiry.asked()).toBe(asked);
    },
  );
});
