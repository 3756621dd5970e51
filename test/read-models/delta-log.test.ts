import { openDeltaLog } from '../../src/read-models/seat-inventory/delta-log.js';
import {
  toDelta,
  type SeatStatusDelta,
} from '../../src/read-models/seat-inventory/seat-status-board.js';

const counts = { available: 0, reserved: 0, sold: 0, blocked: 0 };
const delta = (revision: number, seats = 1): SeatStatusDelta =>
  toDelta({
    revision,
    counts,
    changes: Array.from({ length: seats }, (_, at) => ({
      seatId: `${revision}-${at}`,
      status: 's' as const,
    })),
  });

/**
 * A delta log at `revision`; `reads` are the revisions whose changes were read from the database.
 */
function logAt(revision: number) {
  const state = { revision, reads: [] as number[] };
  const log = openDeltaLog(revision, async (after) => {
    state.reads.push(after);
    await Promise.resolve();
    return delta(state.revision);
  });
  const add = (next: number, seats?: number) => {
    state.revision = next;
    log.add(delta(next, seats));
  };
  return { log, state, add };
}

/** Reads the available deltas, and leaves when there are no more. */
async function read(log: ReturnType<typeof openDeltaLog>, after: number): Promise<number[]> {
  const leaving = new AbortController();
  const revisions: number[] = [];
  const reading = (async () => {
    for await (const { revision } of log.after(after, leaving.signal)) revisions.push(revision);
  })();
  await new Promise((resolve) => setTimeout(resolve, 5));
  leaving.abort();
  await reading;
  return revisions;
}

const upTo = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

describe('the delta log', () => {
  it('gives each reader what it has not seen, out of memory', async () => {
    const { log, state, add } = logAt(10);
    for (const revision of [12, 13, 17]) add(revision);
    expect(await read(log, 10)).toEqual([12, 13, 17]);
    expect(await read(log, 11)).toEqual([12, 13, 17]);
    expect(await read(log, 13)).toEqual([17]);
    expect(await read(log, 17)).toEqual([]);
    expect(await read(log, 99)).toEqual([]);
    expect(state.reads).toEqual([]);
  });

  it('gives one delta of everything to a reader who is older than the log', async () => {
    const { log, state, add } = logAt(10);
    add(11);
    expect(await read(log, 3)).toEqual([11]);
    expect(state.reads).toEqual([3]);
  });

  it('keeps 200 deltas: a reader who is further behind gets the rest in one', async () => {
    const { log, state, add } = logAt(0);
    for (const revision of upTo(1, 500)) add(revision);
    expect(await read(log, 299)).toEqual([500]);
    expect(state.reads).toEqual([299]);
    expect(await read(log, 300)).toEqual(upTo(301, 500));
    expect(state.reads).toEqual([299]);
  });

  it('keeps four megabytes of deltas', async () => {
    const { log, state, add } = logAt(0);
    for (const revision of upTo(1, 40)) add(revision, 10_000);
    expect(await read(log, 1)).toEqual([40]);
    expect(await read(log, 36)).toEqual([37, 38, 39, 40]);
    expect(state.reads).toEqual([1]);
  });

  it('reads once for all who come back with the same revision at the same time', async () => {
    const { log, state } = logAt(10);
    const readers = await Promise.all([1, 1, 1, 1, 2].map((after) => read(log, after)));
    expect(readers).toEqual([[10], [10], [10], [10], [10]]);
    expect(state.reads).toEqual([1, 2]);
  });

  it('wakes a reader who waits', async () => {
    const { log, add } = logAt(0);
    const reading = read(log, 0);
    add(1);
    await Promise.resolve();
    add(2);
    expect(await reading).toEqual([1, 2]);
  });

  it('forgets all at a restart, and goes on from there', async () => {
    const { log, state, add } = logAt(0);
    for (const revision of upTo(1, 5)) add(revision);
    log.restart(3);
    add(6);
    expect(await read(log, 2)).toEqual([6]);
    expect(await read(log, 4)).toEqual([6]);
    expect(state.reads).toEqual([2]);
  });

  it('ends for a reader who leaves while it is brought up to date', async () => {
    const leaving = new AbortController();
    const log = openDeltaLog(10, async () => {
      leaving.abort();
      return undefined;
    });
    expect(await log.after(1, leaving.signal)[Symbol.asyncIterator]().next()).toEqual({
      done: true,
      value: undefined,
    });
  });

  it('tells a reader when its changes cannot be read', async () => {
    const log = openDeltaLog(10, async () => {
      throw new Error('the database is away');
    });
    const reader = log.after(1, new AbortController().signal)[Symbol.asyncIterator]();
    await expect(reader.next()).rejects.toThrow('the database is away');
  });
});
