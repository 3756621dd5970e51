import { once } from 'node:events';
import { venueStream } from '../../src/domain/venue/events.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import type { EventStore } from '../../src/ports/event-store/event-store.js';
import { runProjection } from '../../src/projections/runner/projection-runner.js';
import type { Log } from '../../src/projections/runner/shared-log.js';
import { seatStatusProjection } from '../../src/projections/seat-status.js';
import { opened, released } from '../support/seat-inventory/events.js';
import { itOnInTestNode } from '../support/eventstoredb/eventstoredb-server.js';
import { LOGS, openReadSide, until, type ReadSide } from '../support/read-side.js';
import { countsOf, cutConnection, sale } from '../support/seat-inventory/seat-status-side.js';

const parkedEvents = async (side: ReadSide) => {
  const { rows } = await side.pool.query<{
    stream: string;
    type: string;
    error: string;
    attempts: number;
  }>(
    'select name, stream, revision::int, type, error, attempts, event from parked_events ' +
      'order by stream, revision',
  );
  return rows;
};

describe.each(LOGS)('the projection runner over %s', (log) => {
  let side: ReadSide;
  beforeEach(async () => {
    side = await openReadSide(log);
  });
  afterEach(() => side.close());

  it('continues where it stopped', async () => {
    const [opening, ...rest] = sale(40);
    await side.append('e1', opening!, ...rest.slice(0, 25));
    const first = side.run(seatStatusProjection);
    await side.caughtUp();
    await first.stop();
    expect(first.status()).toMatchObject({ state: 'stopped', lagSeconds: null, applied: 26 });
    await side.append('e1', ...rest.slice(25));
    const second = side.run(seatStatusProjection);
    await side.caughtUp();

    expect(await countsOf(side, 'e1')).toEqual({
      available: 0,
      reserved: 20,
      sold: 20,
      blocked: 0,
    });
    expect(second.status().applied).toBe(rest.length - 25);
  });

  it('distinguishes an unavailable log from a quiet one', async () => {
    const away = new AbortController();
    const eventStore: Log = {
      subscribe: async function* (options) {
        const signal = AbortSignal.any([options.signal, away.signal]);
        yield* side.eventStore.subscribe({ ...options, signal });
        // Like both event stores: tries again and yields nothing.
        if (!options.signal.aborted) await once(options.signal, 'abort');
      },
      ping: async () => {
        if (away.signal.aborted) throw new Error('away');
      },
      condition: () => side.eventStore.condition(),
    };
    const options = { connectionString: side.url, eventStore, clock: systemClock };
    const runner = runProjection(seatStatusProjection, options);
    await until(() => runner.status().state === 'live');
    expect(runner.status().lagSeconds).toBe(0);
    away.abort();
    await until(() => runner.status().lagSeconds! > 1);
    expect(runner.status().state).toBe('catching-up');
    await runner.stop();
  });

  const itOverCuts = log === 'eventstoredb' ? itOnInTestNode : it;
  itOverCuts('loses and doubles nothing when its connections are cut again and again', async () => {
    side.run(seatStatusProjection);
    let cuts = 0;
    for (const [at, event] of sale(60).entries()) {
      await side.append('e1', event);
      if (at % 9 === 4) cuts += await cutConnection(side);
      if (at % 9 === 8)
        side.node?.inTest?.cutSubscriptions(at % 2 === 0 ? 'unavailable' : 'connection');
    }
    while (cuts === 0) cuts += await cutConnection(side);
    await side.append('e1', released('r1', ['S1']));
    await side.caughtUp();

    expect(await countsOf(side, 'e1')).toEqual({
      available: 1,
      reserved: 29,
      sold: 30,
      blocked: 0,
    });
    expect(await parkedEvents(side)).toEqual([]);
  });

  it('applies an event once that the log delivers twice', async () => {
    const { eventStore } = side;
    const repeating: EventStore = {
      ...eventStore,
      subscribe: async function* (options) {
        for await (const batch of eventStore.subscribe(options)) {
          yield batch;
          yield { ...batch, events: batch.events.slice(-3) };
        }
      },
    };
    const runner = runProjection(seatStatusProjection, {
      connectionString: side.url,
      eventStore: repeating,
      clock: systemClock,
    });
    await side.append('e1', ...sale(40));
    await until(() => runner.status().applied >= 61);
    await side.append('e1', released('r1', ['S1']));
    await until(() => runner.status().applied >= 62);
    await runner.stop();

    expect(runner.status().applied).toBe(62);
    expect(await countsOf(side, 'e1')).toEqual({
      available: 1,
      reserved: 19,
      sold: 20,
      blocked: 0,
    });
  });

  it(
    'moves its checkpoint while only other ' + 'streams grow, without a write for each event',
    async () => {
      const runner = side.run(seatStatusProjection);
      await until(() => runner.status().state === 'live');
      const stored = new Set<string>();
      for (let at = 0; at < 40; at++) {
        await side.appendTo(venueStream(`v${at}`), { type: 'VenueRegistered', data: {} });
        await systemClock.sleep(40);
        const { rows } = await side.pool.query<{ at: string }>(
          "select commit_position || '/' || prepare_position as at from projection_checkpoints " +
            "where name = 'seat-status'",
        );
        stored.add(rows[0]!.at);
      }
      // The first checkpoint, and one for every second that passed.
      expect(stored.size).toBeLessThanOrEqual(6);
      if (log === 'postgres') expect(stored.size).toBeGreaterThanOrEqual(2);
    },
  );
  it('parks an event whose error contains characters that a column rejects', async () => {
    const failing = {
      ...seatStatusProjection,
      project: () => {
        throw new Error(`\0${'x'.repeat(9_998)}🎟 and more`);
      },
    };
    await side.append('sick', opened());
    const runner = side.run(failing);
    await side.caughtUp();
    expect(runner.status()).toMatchObject({ parked: 1, lastError: null });
    expect((await parkedEvents(side))[0]!.error).toMatch(/^\ufffdx{9998}\ufffd$/);
  });
});
