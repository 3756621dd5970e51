import pg from 'pg';
import { chained } from '../../src/adapters/event-store/chained.js';
import { openPostgresEventStore } from '../../src/adapters/event-store/postgres/postgres.js';
import { follow, genesisOf, type ChainEnd } from '../../src/domain/audit/chain.js';
import {
  WrongExpectedRevision,
  type EventStore,
  type RecordedEvent,
} from '../../src/ports/event-store/event-store.js';
import { freshDatabase } from '../support/services/database.js';
import { newEvent, numbered, readAll } from '../support/log/domain-events.js';
import { release, reserve } from '../support/seat-inventory/commands.js';
import { LOGS, itWithFaults, openWriteSide } from '../support/write-side.js';

/** Returns the findings in a stream as it stands in the log, with their revisions. */
function problemsOf(events: readonly RecordedEvent[]): string[] {
  let end: ChainEnd | undefined;
  const problems: string[] = [];
  for (const { stream, revision, id, type, data, metadata } of events) {
    const text = {
      stream,
      revision,
      id,
      type,
      data: JSON.stringify(data),
      metadata: JSON.stringify(metadata),
    };
    const followed = follow(end, text, metadata.previousDigest);
    if (followed.problem) problems.push(`${followed.problem} ${followed.revision}`);
    ({ end } = followed);
  }
  return problems;
}

describe.each(LOGS)('The chain of a sale, over %s', (logName) => {
  itWithFaults(logName)(
    'holds through two nodes that write at once and a log that loses answers',
    async () => {
      const side = await openWriteSide(logName);
      try {
        const nodes = [1, 2].map(() => side.openNode({ through: chained, appendTimeoutMs: 300 }));
        const sale = await side.openSale();
        for (let round = 0; round < 6; round++) {
          if (round === 2) side.faults.disturb({ kind: 'drop-after-commit' });
          await Promise.allSettled(
            nodes.flatMap((node, at) =>
              ['A1', 'A2', 'B1'].flatMap((seat, n) => {
                const as = `r-${round}-${at}-${n}`;
                return [sale.ask(node, reserve([seat], { as })), sale.ask(node, release(as))];
              }),
            ),
          );
        }
        side.faults.calm();
        const log = await sale.log();
        expect(nodes.some(({ writers }) => writers.stats.conflicts > 0)).toBe(true);
        expect(log.length).toBeGreaterThan(6);
        expect(
          log.filter(({ metadata }) => metadata.previousDigest === undefined).length,
        ).toBeLessThanOrEqual(1);
        expect(problemsOf(log)).toEqual([]);
      } finally {
        await side.close();
      }
    },
  );
});

describe('the hash chain of a stream', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let raw: EventStore;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await freshDatabase();
    raw = openPostgresEventStore({ connectionString: database.url, poolSize: 2 });
    pool = new pg.Pool({ connectionString: database.url, max: 1 });
  });
  afterAll(async () => {
    await pool.end();
    await raw.close();
    await database.drop();
  });

  it('starts with the stream name and continues across writers', async () => {
    const [one, other] = [chained(raw), chained(raw)];
    await one.append('venue-a', 'no-stream', numbered(2));
    await other.append('venue-a', 1n, numbered(1, 2));
    await one.append('venue-a', 2n, numbered(2, 3));
    const log = await readAll(raw.readStream('venue-a'));
    expect(log[0]!.metadata.previousDigest).toBe(genesisOf('venue-a'));
    expect(log).toHaveLength(5);
    expect(problemsOf(log)).toEqual([]);
  });

  it('gives a retried append the same digests', async () => {
    const [one, other] = [chained(raw), chained(raw)];
    await one.append('venue-b', 'no-stream', numbered(1));
    const again = numbered(2, 1);
    await one.append('venue-b', 0n, again);
    await other.append('venue-b', 0n, again);
    await one.append('venue-b', 0n, again);
    await one.append('venue-b', 2n, numbered(1, 3));
    expect(problemsOf(await readAll(raw.readStream('venue-b')))).toEqual([]);
  });

  it('rejects a missing revision and remembers nothing of it', async () => {
    const one = chained(raw);
    await one.append('venue-c', 'no-stream', numbered(1));
    await expect(one.append('venue-c', 5n, numbered(1))).rejects.toThrow(WrongExpectedRevision);
    await expect(one.append('venue-c', 'no-stream', numbered(1))).rejects.toThrow(
      WrongExpectedRevision,
    );
    await one.append('venue-c', 0n, numbered(1, 1));
    expect(problemsOf(await readAll(raw.readStream('venue-c')))).toEqual([]);
  });

  it('continues only after domain events without digests', async () => {
    await raw.append('venue-d', 'no-stream', numbered(2));
    await chained(raw).append('venue-d', 1n, numbered(1, 2));
    expect(problemsOf(await readAll(raw.readStream('venue-d')))).toEqual([]);
    await raw.append('venue-d', 2n, numbered(1, 3));
    expect(problemsOf(await readAll(raw.readStream('venue-d')))).toEqual(['unchained 3']);
  });

  it('hashes exactly the written JSON, for all kinds of values', async () => {
    const odd = {
      text: 'é\u0000"\\\u2028\ud800 ',
      number: 1e21,
      small: 5e-324,
      minus: -0,
      nested: [{ '2': 1, '1': 2 }],
    };
    const store = chained(raw);
    await store.append('venue-e', 'no-stream', [newEvent(odd), newEvent({ after: true })]);
    const log = await readAll(raw.readStream('venue-e'));
    expect(problemsOf(log)).toEqual([]);
    const { rows } = await pool.query<{ data: string }>(
      `select data from domain_events where stream = 'venue-e' order by revision`,
    );
    expect(rows.map(({ data }) => data)).toEqual(log.map(({ data }) => JSON.stringify(data)));
  });
});
