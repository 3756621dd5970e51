import { openAdmissionsInMemory } from '../../../src/adapters/waiting-room/memory.js';
import { systemRandomness } from '../../../src/adapters/system/randomness.js';
import { openNumberSupply } from '../../../src/commands/waiting-room/number-supply.js';
import { openWaitingRoomLog } from '../../../src/commands/waiting-room/waiting-room-log.js';
import { rulesOf } from '../../../src/commands/waiting-room/room-rules.js';
import { queueOf } from '../../../src/domain/waiting-room/state.js';
import { newContext, openWriteSide, type WriteSide } from '../../support/write-side.js';

const EVENT = 'event-1';
const BEFORE = 100_000;

describe('numbers ahead', () => {
  let side: WriteSide;
  beforeAll(async () => {
    side = await openWriteSide('postgres');
  });
  afterAll(() => side?.close());

  it('are as many as come in a few seconds, whatever was given in earlier runs', async () => {
    let now = Date.parse('2026-07-01T12:00:00Z');
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    const log = openWaitingRoomLog(side.openNode().eventStore, clock);
    const write = (command: object) =>
      log.write(
        { eventId: EVENT, now, ...command } as Parameters<typeof log.write>[0],
        newContext(),
      );
    const configure = {
      type: 'ConfigureWaitingRoom',
      settings: { admitPerMinute: 10, maxShoppers: 1 },
      startsNewRun: true,
      onSaleAt: null,
      seed: '',
    };
    await write(configure);
    await write({ type: 'SetNumbersAside', run: 0, upTo: BEFORE, issued: BEFORE, nowServing: 0 });
    await write({ type: 'MoveWaitingRoom', to: 'ended' });
    await write(configure);
    const room = (await log.latest(EVENT))!;
    expect(room).toMatchObject({ run: 1, startsAfter: BEFORE });

    const queue = queueOf(EVENT, room);
    const admissions = openAdmissionsInMemory(clock);
    const warnings: string[] = [];
    const warn = (message: string) => void warnings.push(message);
    const supply = openNumberSupply({
      log,
      admissions,
      clock,
      randomness: systemRandomness,
      warn,
      contextOf: newContext,
    });
    await supply.restore(queue);
    for (let taken = 1; taken <= 600; taken++) {
      now += 100;
      const ask = () => admissions.takeNumber(queue.id, `account-${taken}`, undefined);
      expect(await supply.take(queue, ask)).toEqual({ number: BEFORE + taken });
    }
    const { setAside } = (await log.latest(EVENT))!;
    expect(setAside - BEFORE).toBeGreaterThanOrEqual(600);
    expect(setAside - BEFORE).toBeLessThanOrEqual(600 + 2 * 500);
    expect(warnings).toEqual([]);
    await admissions.close();
  });

  it(
    'that may have been issued are written again after the log was restored from a ' + 'backup',
    async () => {
      const eventId = 'restored';
      let now = Date.parse('2026-07-01T12:00:00Z');
      const clock = { now: () => now, sleep: () => Promise.resolve() };
      const log = openWaitingRoomLog(side.openNode().eventStore, clock);
      await log.write(
        {
          type: 'ConfigureWaitingRoom',
          eventId,
          settings: { admitPerMinute: 10, maxShoppers: 1 },
          startsNewRun: true,
          onSaleAt: null,
          seed: '',
          now,
        },
        newContext(),
      );
      const { rows } = await side.pool.query(
        'select max(position)::int as size from domain_events',
      );
      const backup = (rows[0] as { size: number }).size;
      const queue = queueOf(eventId, (await log.latest(eventId))!);
      const admissions = openAdmissionsInMemory(clock);
      const supply = openNumberSupply({
        log,
        admissions,
        clock,
        randomness: systemRandomness,
        warn: () => {},
        contextOf: newContext,
      });
      await supply.restore(queue);
      await supply.take(queue, () => admissions.takeNumber(queue.id, 'account-1', undefined));
      const { setAside } = (await log.latest(eventId))!;

      await side.pool.query('delete from domain_events where position > $1', [backup]);
      now += 10_000;
      const room = (await log.latest(eventId))!;
      expect(room.setAside).toBe(0);
      const view = await admissions.advance(queue.id, rulesOf(room, now));
      await supply.keepUp(queue, room, view);
      expect((await log.latest(eventId))!.setAside).toBeGreaterThanOrEqual(setAside);
      await admissions.close();
    },
  );
});
