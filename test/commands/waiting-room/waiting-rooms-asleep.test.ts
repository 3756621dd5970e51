import { openAdmissionsInMemory } from '../../../src/adapters/waiting-room/memory.js';
import { openPlaceSigner } from '../../../src/adapters/waiting-room/place-signer.js';
import { systemRandomness } from '../../../src/adapters/system/randomness.js';
import { openWaitingRoomLog } from '../../../src/commands/waiting-room/waiting-room-log.js';
import {
  openWaitingRooms,
  type WaitingRooms,
} from '../../../src/commands/waiting-room/waiting-rooms.js';
import { waitingRoomStream } from '../../../src/domain/waiting-room/events.js';
import { hurriedClock } from '../../support/manual-clock.js';
import { newContext, openWriteSide, type WriteSide } from '../../support/write-side.js';

const EVENT = 'event-1';

describe('a waiting room that nobody asks for', () => {
  let side: WriteSide;
  let rooms: WaitingRooms | undefined;
  beforeAll(async () => {
    side = await openWriteSide('postgres');
  });
  afterAll(async () => {
    await rooms?.close();
    await side?.close();
  });

  it('is hardly read any more, and dropped all the same when it is over', async () => {
    const clock = hurriedClock(100);
    const { eventStore, traffic } = side.openNode({ clock });
    const log = openWaitingRoomLog(eventStore, clock);
    const admissions = openAdmissionsInMemory(clock);
    rooms = openWaitingRooms({
      log,
      admissions,
      clock,
      randomness: systemRandomness,
      seedOf: () => '',
      warn: () => {},
      // Nobody shops here.
      record: { ended: async () => [], hasShopped: async () => false },
      signer: openPlaceSigner([{ kid: 'key', secret: Buffer.alloc(48, 1) }]),
    });
    const settings = { admitPerMinute: 10, maxShoppers: 1 };
    const configure = {
      type: 'ConfigureWaitingRoom',
      eventId: EVENT,
      settings,
      startsNewRun: true,
    } as const;
    const unset = { onSaleAt: null, seed: '' };
    await log.write({ ...configure, ...unset, now: clock.now() }, newContext());
    expect(await rooms.takeNumber(EVENT, 'ann', undefined)).toMatchObject({
      ticket: { number: 1 },
    });
    const reads = () =>
      traffic.reads.filter(({ stream }) => stream === waitingRoomStream(EVENT)).length;
    await clock.sleep(65_000);
    const before = reads();
    await clock.sleep(50_000);
    expect(reads() - before).toBeLessThan(3);

    await log.write(
      { type: 'MoveWaitingRoom', eventId: EVENT, to: 'ended', now: clock.now() },
      newContext(),
    );
    const isKept = () =>
      admissions.shoppers(`${EVENT}/0`, 1).then(
        () => true,
        () => false,
      );
    while (await isKept()) await clock.sleep(1_000);
  });
});
