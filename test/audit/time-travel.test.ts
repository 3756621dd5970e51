import * as history from '../../src/adapters/seat-inventory/postgres-history-snapshots.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import {
  replayFrom,
  extendHistorySnapshots,
  openTimeTravel,
  SNAPSHOT_SPACING,
  spacingOf,
  type TimeTravelParts,
} from '../../src/audit/time-travel.js';
import { toNewEvents } from '../../src/commands/shared/context.js';
import { openSeatingPlans } from '../../src/commands/seating-plan/seating-plans.js';
import { seatInventoryStream } from '../../src/domain/seat-inventory/events.js';
import { SEAT_INVENTORY_FOLD_VERSION } from '../../src/domain/seat-inventory/state/state.js';
import { blocked, unblocked } from '../support/seat-inventory/events.js';
import { newContext, openWriteSide, type Sale, type WriteSide } from '../support/write-side.js';

describe('time travel', () => {
  let side: WriteSide;
  let sale: Sale;
  let stream: string;
  let parts: TimeTravelParts;
  const said: string[] = [];
  const never = new AbortController().signal;
  const EVENTS = 2n * SNAPSHOT_SPACING + 1_000n;

  beforeAll(async () => {
    side = await openWriteSide('postgres');
    sale = await side.openSale();
    stream = seatInventoryStream(sale.eventId);
    const { eventStore } = side.openNode();
    // Odd revisions block a seat, even ones unblock it.
    for (let revision = 0n; revision < EVENTS;) {
      const changes = Array.from({ length: 500 }, (_, at) =>
        at % 2 === 0 ? blocked(['A1']) : unblocked(['A1']),
      );
      await eventStore.append(stream, revision, toNewEvents(changes, newContext()));
      revision += 500n;
    }
    parts = {
      eventStore,
      plans: openSeatingPlans(eventStore),
      snapshots: history.openPostgresHistorySnapshots(side.pool),
      warn: (message) => void said.push(message),
    };
  });
  afterAll(() => side.close());

  const extend = () => extendHistorySnapshots(parts, sale.eventId, never, () => Promise.resolve());
  const snapshots = async () => {
    const { rows } = await side.pool.query<{ revision: string }>(
      'select revision::text from history_snapshots where stream = $1 order by ' +
        'history_snapshots.revision',
      [stream],
    );
    return rows.map(({ revision }) => BigInt(revision));
  };
  const at = (revision: bigint) => openTimeTravel(parts).at(sale.eventId, revision);
  const isBlocked = async (revision: bigint) => {
    const moment = (await at(revision))!;
    return moment.inventory.status[moment.inventory.layout.indexOf.get('A1')!] === 3;
  };

  it('gives the same state from the start and from a snapshot', async () => {
    const moments = [
      0n,
      1n,
      2n,
      SNAPSHOT_SPACING - 1n,
      SNAPSHOT_SPACING,
      SNAPSHOT_SPACING + 1n,
      2n * SNAPSHOT_SPACING + 7n,
      EVENTS,
    ];
    const fromBeginning = await Promise.all(moments.map(isBlocked));
    expect(fromBeginning).toEqual(moments.map((revision) => revision % 2n === 1n));
    await extend();
    expect(await snapshots()).toEqual([SNAPSHOT_SPACING, 2n * SNAPSHOT_SPACING]);
    expect(await Promise.all(moments.map(isBlocked))).toEqual(fromBeginning);
    expect(await at(SNAPSHOT_SPACING + 1n)).toMatchObject({ from: SNAPSHOT_SPACING });
    expect(await at(SNAPSHOT_SPACING - 1n)).toMatchObject({ from: -1n });
    expect(await at(EVENTS + 1n)).toBeUndefined();
  });

  it('saves no snapshot twice', async () => {
    await extend();
    await extend();
    expect(await snapshots()).toEqual([SNAPSHOT_SPACING, 2n * SNAPSHOT_SPACING]);
  });

  it('replays from the start when a snapshot is damaged or of another fold or log', async () => {
    await extend();
    await side.pool.query(
      `update history_snapshots set body = overlay(body placing '\\x00' from 50)
       where revision = $1`,
      [SNAPSHOT_SPACING],
    );
    expect(await isBlocked(SNAPSHOT_SPACING + 1n)).toBe(true);
    await side.pool.query(
      'update history_snapshots set fold_version = fold_version - 1 where revision = $1',
      [2n * SNAPSHOT_SPACING],
    );
    expect(await at(2n * SNAPSHOT_SPACING + 1n)).toMatchObject({ from: -1n });
    await parts.snapshots.discardOlder(SEAT_INVENTORY_FOLD_VERSION);
    expect(await snapshots()).toEqual([SNAPSHOT_SPACING]);
    await side.pool.query('delete from history_snapshots');
    await extend();
    // As if the log had been restored and gone on in another way.
    await side.pool.query(
      'update history_snapshots set revision = revision - 2 where revision = $1',
      [2n * SNAPSHOT_SPACING],
    );
    expect(await at(2n * SNAPSHOT_SPACING - 1n)).toMatchObject({ from: -1n });
    expect(await snapshots()).toEqual([SNAPSHOT_SPACING]);
  });

  it('keeps every second snapshot of a sale with too many, and the newest', async () => {
    expect([
      spacingOf(1n),
      spacingOf(64n * SNAPSHOT_SPACING),
      spacingOf(65n * SNAPSHOT_SPACING),
      spacingOf(200n * SNAPSHOT_SPACING),
    ]).toEqual([
      ...[SNAPSHOT_SPACING, SNAPSHOT_SPACING, 2n * SNAPSHOT_SPACING, 4n * SNAPSHOT_SPACING],
    ]);
    await side.pool.query('delete from history_snapshots');
    await extend();
    await parts.snapshots.thin(stream, SEAT_INVENTORY_FOLD_VERSION, 3n * SNAPSHOT_SPACING);
    expect(await snapshots()).toEqual([2n * SNAPSHOT_SPACING]);
    expect(await parts.snapshots.bytes()).toBeGreaterThan(100);
  });

  it('finds the revision of any time', async () => {
    const travel = openTimeTravel(parts);
    const opened = (await at(0n))!;
    const middle = (await at(SNAPSHOT_SPACING))!;
    expect(await travel.revisionAt(sale.eventId, opened.recordedAt - 60_000)).toBeUndefined();
    expect(await travel.revisionAt(sale.eventId, systemClock.now() + 60_000)).toBe(
      await travel.newest(sale.eventId),
    );
    const found = (await travel.revisionAt(sale.eventId, Math.floor(middle.recordedAt)))!;
    expect(found).toBeGreaterThanOrEqual(SNAPSHOT_SPACING);
    expect((await at(found))!.recordedAt).toBeLessThan(Math.floor(middle.recordedAt) + 1);
    expect(await travel.newest('nothing')).toBeUndefined();
    expect(await travel.revisionAt('nothing', 0)).toBeUndefined();
  });

  it('stops at the given revision', async () => {
    const revisions: bigint[] = [];
    for await (const { revision } of await replayFrom(parts, stream, 3n)) revisions.push(revision);
    expect(revisions).toEqual([0n, 1n, 2n, 3n]);
  });
});
