import { OutcomeUnknown } from '../../../../src/commands/shared/append-once.js';
import type { Outcome } from '../../../../src/commands/seat-inventory/writer/outcome.js';
import {
  AmbiguousAppend,
  EventStoreUnavailable,
  WrongExpectedRevision,
  type EventStore,
} from '../../../../src/ports/event-store/event-store.js';
import type { Clock } from '../../../../src/ports/system/clock.js';
import type { AppendFault } from '../../../support/log/flaky-postgres.js';
import { proveLog } from '../../../support/log/log-proof.js';
import { hurriedClock } from '../../../support/manual-clock.js';
import { confirm, release, reserve } from '../../../support/seat-inventory/commands.js';
import { rectangularPlan } from '../../../support/seat-inventory/plans.js';
import {
  LOGS,
  itWithFaults,
  openWriteSide,
  type Sale,
  type ShopNode,
  type WriteSide,
} from '../../../support/write-side.js';

/**
 * An append that is never answered is given up after this long, so that the tests need not wait.
 * Milliseconds.
 */
const APPEND_TIMEOUT_MS = 300;
/** More than the tries of one append before its outcome is given up as unknown. */
const MANY = 1_000;
/** The pauses between tries, and the time after which none begins, are that much shorter. */
const TIMES_FASTER = 5;
/** Until then, whatever becomes of each try. Milliseconds of that clock. */
const GIVEN_UP_MS = 10_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(LOGS)('The writer when the log fails, over %s', (logName) => {
  let side: WriteSide;
  let node: ShopNode;
  /**
   * Gives appends the usual time, for connections that are cut at once and take their time to open
   * again.
   */
  let patient: ShopNode;
  let sale: Sale;
  let clock: Clock;
  beforeAll(async () => {
    side = await openWriteSide(logName);
    clock = hurriedClock(TIMES_FASTER);
    node = side.openNode({ clock, appendTimeoutMs: APPEND_TIMEOUT_MS });
    patient = side.openNode({ clock });
  });
  afterAll(() => side.close());
  beforeEach(async () => {
    sale = await side.openSale();
    await sale.ask(node, release('nobody'));
  });

  const itDisturbed = itWithFaults(logName);
  const faults: [string, AppendFault][] = [
    ['loses the connection before it is written', { kind: 'drop-before-commit' }],
    ['loses the connection after it is written', { kind: 'drop-after-commit' }],
    ['is written and never answered', { kind: 'swallow' }],
    ['is written long after it was given up', { kind: 'delay', ms: 2 * APPEND_TIMEOUT_MS }],
  ];

  itDisturbed.each(faults)(
    'an append that %s makes one reservation, and the buyer has it',
    async (_, fault) => {
      side.faults.disturb(fault);
      const [reserved, refused] = await Promise.all([
        sale.ask(node, reserve(['A1', 'A2'])),
        sale.ask(node, reserve(['A2', 'A3'], { as: 'r2', by: 'bob' })),
      ]);
      expect(reserved).toMatchObject({ accepted: true, revision: 1n });
      expect(refused).toMatchObject({ rejection: { unavailableSeatIds: ['A2'] } });
      expect(await sale.ask(node, confirm('r1'))).toMatchObject({ accepted: true, revision: 2n });
      await sleep(fault.kind === 'delay' ? fault.ms : 0);
      const { sold, statusOf } = proveLog(await sale.log());
      expect(sold).toEqual(['A1', 'A2']);
      expect(statusOf.size).toBe(1);
    },
  );

  itDisturbed.each([
    ['has landed', () => node, { kind: 'swallow' }, false],
    ['has not', () => patient, { kind: 'drop-before-commit' }, true],
  ] as const)(
    'when nobody knows whether it %s, the same request again makes one reservation',
    async (_, at, fault, written) => {
      await sale.ask(at(), release('nobody'));
      side.faults.disturb(fault, MANY);
      const from = clock.now();
      const all = await Promise.allSettled([
        sale.ask(at(), reserve(['A1'])),
        sale.ask(at(), reserve(['A2'], { as: 'r2', by: 'bob' })),
      ]);
      expect(all).toMatchObject([
        { reason: expect.any(OutcomeUnknown) },
        { reason: expect.any(OutcomeUnknown) },
      ]);
      expect(clock.now() - from).toBeLessThan(GIVEN_UP_MS);
      side.faults.calm();
      expect(await sale.ask(at(), reserve(['A1']))).toMatchObject({
        accepted: true,
        written,
        reservation: { id: 'r1', status: 'held', seatIds: ['A1'] },
      });
      expect(await sale.ask(at(), reserve(['A2'], { as: 'r2', by: 'bob' }))).toMatchObject({
        accepted: true,
        written,
      });
      expect(proveLog(await sale.log()).statusOf.size).toBe(2);
    },
  );

  it(
    'an append whose fate cannot even be looked up is unknown, never said to be ' + 'unwritten',
    async () => {
      let tries = 0;
      let blind = false;
      const oneEyed = (store: EventStore): EventStore => ({
        ...store,
        append: async (stream, expected, events) => {
          if (!blind) return store.append(stream, expected, events);
          if (++tries > 1) throw new WrongExpectedRevision(stream, expected);
          await store.append(stream, expected, events);
          throw new AmbiguousAppend(stream);
        },
        readStream: (stream, options) => {
          if (blind) throw new EventStoreUnavailable('nobody can read');
          return store.readStream(stream, options);
        },
      });
      const other = side.openNode({ clock, through: oneEyed });
      await sale.ask(other, reserve(['B2'], { as: 'r9', by: 'eve' }));
      blind = true;
      await expect(sale.ask(other, reserve(['A1']))).rejects.toThrow(OutcomeUnknown);
      expect(tries).toBeGreaterThan(4);
      blind = false;
      expect(await sale.ask(other, reserve(['A1']))).toMatchObject({
        accepted: true,
        written: false,
      });
    },
  );

  it(
    'an outage is told, a refusal too rests on a log that answers, and afterwards ' + 'all goes on',
    async () => {
      await sale.ask(node, reserve(['B1'], { as: 'r0', by: 'bob' }));
      await side.faults.cut(true);
      const during = await Promise.allSettled([
        sale.ask(node, reserve(['A1'])),
        sale.ask(node, reserve(['B1'], { as: 'r2', by: 'cleo' })),
        sale.ask(node, reserve(['A2'], { as: 'r3', by: 'cleo' })),
      ]);
      expect(during.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      for (const outcome of during) {
        const error = (outcome as PromiseRejectedResult).reason as Error;
        expect([EventStoreUnavailable.name, OutcomeUnknown.name]).toContain(error.name);
      }
      const atOnceAgain = sale
        .ask(node, reserve(['A3']))
        .catch(() => sale.ask(node, reserve(['A4'])));
      await expect(atOnceAgain).rejects.toThrow(EventStoreUnavailable);
      await side.faults.cut(false);
      expect(await askUntilAnswered(reserve(['A1']))).toMatchObject({
        accepted: true,
        written: true,
      });
      expect(await sale.ask(node, reserve(['B1'], { as: 'r2', by: 'cleo' }))).toMatchObject({
        accepted: false,
      });
      const { statusOf } = proveLog(await sale.log());
      expect([...statusOf.keys()].sort()).toEqual(['r0', 'r1']);
    },
  );

  itDisturbed(
    'a crowd and every fault at once: what was acknowledged is in the log, what was refused is not',
    async () => {
      const hall = rectangularPlan(60);
      sale = await side.openSale({ maxSeatsPerCustomer: 1 }, hall);
      const seatIds = hall.zones[0]!.rows.flatMap(({ seats }) => seats.map(({ id }) => id));
      await sale.ask(node, release('nobody'));
      const acknowledged = new Set<string>();
      const refused = new Set<string>();
      const buy = async (buyer: number) => {
        const command = reserve([seatIds[buyer % 60]!], { as: `r${buyer}`, by: `buyer-${buyer}` });
        const outcome = await askUntilAnswered(command);
        (outcome.accepted ? acknowledged : refused).add(command.reservationId);
      };
      for (let wave = 0; wave < 5; wave++) {
        side.faults.disturb(faults[wave % faults.length]![1]);
        await Promise.all(Array.from({ length: 30 }, (_, at) => buy(wave * 30 + at)));
      }
      await sleep(2 * APPEND_TIMEOUT_MS);
      const { statusOf, holderOf } = proveLog(await sale.log());
      expect(new Set(statusOf.keys())).toEqual(acknowledged);
      expect(holderOf.size).toBe(60);
      expect(refused.size).toBe(90);
    },
  );

  /** As a browser does: the same request again after an error, for ten seconds at most. */
  async function askUntilAnswered(command: ReturnType<typeof reserve>): Promise<Outcome> {
    for (const until = performance.now() + 10_000; ; await sleep(50)) {
      try {
        return await sale.ask(node, command);
      } catch (error) {
        if (performance.now() > until) throw error;
      }
    }
  }
});
