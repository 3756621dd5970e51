import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/adapters/system/clock.js';
import { START, type Position } from '../../src/ports/event-store/event-store.js';
import { projections } from '../../src/projections/projections.js';
import { shareLog, type Log } from '../../src/projections/runner/shared-log.js';
import { seatStatusQueries } from '../../src/read-models/seat-inventory/seat-status-queries.js';
import { reservationQueries } from '../../src/read-models/seat-inventory/reservations-queries.js';
import { confirmed, opened, reserved } from '../support/seat-inventory/events.js';
import { LOGS, openReadSide, until, type ReadSide } from '../support/read-side.js';

/** A reader of the log that can be paused. */
function reader(log: Log, prefix: string, after: Position = START) {
  const leaving = new AbortController();
  const state = {
    seen: [] as string[],
    checkpoint: after,
    busy: Promise.resolve(),
    caughtUp: false,
  };
  const reading = (async () => {
    const options = { prefixes: [prefix], after, maxBatch: 50, signal: leaving.signal };
    for await (const batch of log.subscribe(options)) {
      await state.busy;
      state.seen.push(...batch.events.map(({ stream, revision }) => `${stream}@${revision}`));
      state.checkpoint = batch.checkpoint;
      state.caughtUp = batch.caughtUp;
    }
  })();
  const leave = async () => {
    leaving.abort();
    await reading;
  };
  return { state, leave };
}

describe.each(LOGS)('the log of %s, shared', (log) => {
  let side: ReadSide;
  let appended: string[];
  let shared: Log;
  /** Open subscriptions of the event store. */
  let open: number;
  beforeEach(async () => {
    side = await openReadSide(log);
    appended = [];
    open = 0;
    const counting: Log = {
      ping: () => side.eventStore.ping(),
      condition: () => side.eventStore.condition(),
      subscribe: async function* (options) {
        open++;
        try {
          yield* side.eventStore.subscribe(options);
        } finally {
          open--;
        }
      },
    };
    shared = shareLog(counting, ['one-', 'two-'], { maxBuffered: 300, clock: systemClock });
  });
  afterEach(() => side.close());

  const append = async (stream: string, many = 10) => {
    const events = Array.from({ length: many }, () => ({
      type: 'Happened',
      data: { at: randomUUID() },
    }));
    await side.appendTo(stream, ...events);
    const before = appended.filter((entry) => entry.startsWith(`${stream}@`)).length;
    appended.push(...events.map((_, at) => `${stream}@${before + at}`));
  };
  const of = (prefix: string) => appended.filter((entry) => entry.startsWith(prefix));

  it('yields each reader its streams, in order, once, over one subscription', async () => {
    await append('one-a');
    const readers = ['one-', 'two-', 'one-'].map((prefix) => reader(shared, prefix));
    for (let round = 0; round < 10; round++)
      await append(round % 3 === 0 ? 'two-a' : `one-${round % 2}`);
    await until(() =>
      readers.every(({ state }, at) => state.seen.length === of(at === 1 ? 'two-' : 'one-').length),
    );

    expect(readers[0]!.state.seen).toEqual(of('one-'));
    expect(readers[1]!.state.seen).toEqual(of('two-'));
    expect(readers[2]!.state.seen).toEqual(of('one-'));
    expect(open).toBe(1);
    await Promise.all(readers.map(({ leave }) => leave()));
    expect(open).toBe(0);
  });

  it('lets a late reader catch up by its own subscription, then shares one', async () => {
    for (let round = 0; round < 20; round++) await append(`one-${round % 4}`, 20);
    const first = reader(shared, 'one-');
    await until(() => first.state.seen.length === appended.length);
    const late = reader(shared, 'one-');
    await until(() => late.state.seen.length === appended.length);
    await append('one-1');
    await until(
      () =>
        late.state.seen.length === appended.length && first.state.seen.length === appended.length,
    );
    await append('one-2');
    await until(() => open === 1);
    await until(() => late.state.seen.length === appended.length);

    expect(late.state.seen).toEqual(appended);
    expect(first.state.seen).toEqual(appended);
    await Promise.all([first.leave(), late.leave()]);
  });

  it(
    'continues for the others when one reader ' + 'leaves, and restarts after all have left',
    async () => {
      const [first, second] = [reader(shared, 'one-'), reader(shared, 'one-')];
      await append('one-a');
      await until(() => second.state.seen.length === 10);
      await first.leave();
      await append('one-a');
      await until(() => second.state.seen.length === 20);
      await second.leave();
      await append('one-a');
      const third = reader(shared, 'one-', second.state.checkpoint);
      await until(() => third.state.seen.length === 10);

      expect([...second.state.seen, ...third.state.seen]).toEqual(appended);
      await third.leave();
    },
  );

  it('does not let a slow reader delay the others or lose anything', async () => {
    await append('one-a');
    const [quick, slow] = [reader(shared, 'one-'), reader(shared, 'one-')];
    await until(() => slow.state.seen.length === 10 && quick.state.seen.length === 10);
    let goOn = () => {};
    slow.state.busy = new Promise((resolve) => (goOn = resolve));
    // More than the buffer holds for slow readers.
    for (let round = 0; round < 20; round++) await append('one-a', 50);
    await until(() => quick.state.seen.length === appended.length);
    expect(slow.state.seen).toHaveLength(10);
    goOn();
    await until(() => slow.state.seen.length === appended.length);

    expect(slow.state.seen).toEqual(appended);
    await Promise.all([quick.leave(), slow.leave()]);
  });

  it('feeds every projection of a node', async () => {
    side.run(...projections);
    await side.append('e1', opened(), reserved('r1', ['A1']));
    await side.append('e1', confirmed('r1', ['A1']));
    await side.caughtUp();

    expect(await seatStatusQueries(side.pool).inventory('e1')).toMatchObject({
      counts: { sold: 1 },
    });
    expect(await reservationQueries(side.pool).reservation('e1', 'r1')).toMatchObject({
      status: 'confirmed',
    });
    if (side.node?.inTest) expect(side.node.inTest.openSubscriptions()).toBe(1);
  });
});
