import type { DomainEvent } from '../../src/domain/shared/domain-event.js';
import { seatInventoryStream } from '../../src/domain/seat-inventory/events.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import { START, type RecordedEvent } from '../../src/ports/event-store/event-store.js';
import { applyBatch } from '../../src/projections/runner/apply-batch.js';
import { CheckpointMoved } from '../../src/projections/runner/checkpoints.js';
import { reservationsProjection } from '../../src/projections/reservations.js';
import { seatStatusProjection } from '../../src/projections/seat-status.js';
import { openSession } from '../../src/projections/runner/session.js';
import { released, reserved } from '../support/seat-inventory/events.js';
import { openReadSide, until, type ReadSide } from '../support/read-side.js';
import { countsOf, cutConnection, sale } from '../support/seat-inventory/seat-status-side.js';

describe('several nodes', () => {
  let side: ReadSide;
  beforeEach(async () => {
    side = await openReadSide();
  });
  afterEach(() => side.close());

  it('run each projection on one node, and another takes over when that node stops', async () => {
    const nodes = [1, 2, 3].map(() => side.run(seatStatusProjection));
    const leaders = () => nodes.filter((node) => /live|catching-up/.test(node.status().state));
    await until(() => leaders().length > 0);
    await side.append('e1', ...sale(10));
    await side.caughtUp();
    expect(leaders()).toHaveLength(1);
    expect(nodes.map((node) => node.status().applied).sort()).toEqual([0, 0, 16]);

    const before = Date.now();
    const [leader] = leaders();
    await leader!.stop();
    await until(() => leaders().length === 1);
    expect(Date.now() - before).toBeLessThan(2_500);
    await side.append('e1', released('r1', ['S1']));
    await side.caughtUp();
    expect(await countsOf(side, 'e1')).toEqual({ available: 1, reserved: 4, sold: 5, blocked: 0 });
  });

  it('lose and repeat nothing while the lock moves between them', async () => {
    await side.append('e1', ...sale(200));
    for (let node = 0; node < 2; node++) side.run(seatStatusProjection, reservationsProjection);
    for (let round = 0; round < 15; round++) {
      await cutConnection(side);
      await side.append(
        'e1',
        ...(round % 2 === 0 ? [released('r1', ['S1'])] : [reserved('r1b', ['S1'])]),
      );
      await systemClock.sleep(20);
    }
    await side.caughtUp();
    expect(await countsOf(side, 'e1')).toEqual({
      available: 1,
      reserved: 99,
      sold: 100,
      blocked: 0,
    });
  });

  it('never both apply a batch, even without the lock', async () => {
    const events = await recorded(side, ...sale(50));
    const upTo = events.at(-1)!.position;
    const nodes = await Promise.all([1, 2, 3].map(() => openSession(side.url, 'seat-status')));
    const results = await Promise.allSettled(
      nodes.map((session) => {
        const progress = {
          ...{ checkpoint: START, frozen: new Set<string>(), skipped: new Set<string>() },
          ...{ applied: 0, parked: 0, prunedAt: 0 },
        };
        const context = {
          projection: seatStatusProjection,
          tables: { name: 'seat-status', version: 1, generation: 1 },
          role: 'live' as const,
          session,
          progress,
          clock: systemClock,
          warn: () => {},
        };
        return applyBatch(context, events, upTo);
      }),
    );
    await Promise.all(nodes.map((session) => session.close()));

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(CheckpointMoved);
    }
    expect(await countsOf(side, 'e1')).toEqual({
      available: 0,
      reserved: 25,
      sold: 25,
      blocked: 0,
    });
  });
});

/** Returns the domain events of `e1` from the log. */
async function recorded(side: ReadSide, ...events: DomainEvent[]): Promise<RecordedEvent[]> {
  await side.appendTo(seatInventoryStream('e1'), ...events);
  const unsubscribe = new AbortController();
  const read: RecordedEvent[] = [];
  for await (const batch of side.eventStore.subscribe({
    prefixes: [''],
    after: START,
    signal: unsubscribe.signal,
  })) {
    read.push(...batch.events);
    if (read.length === events.length) break;
  }
  unsubscribe.abort();
  return read;
}
