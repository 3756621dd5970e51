import { once } from 'node:events';
import pg from 'pg';
import { chained } from '../../src/adapters/event-store/chained.js';
import { openPostgresEventStore } from '../../src/adapters/event-store/postgres/postgres.js';
import { postgresStoredLog } from '../../src/adapters/event-store/stored-log/postgres.js';
import {
  LogCutShort,
  subscribedStoredLog,
} from '../../src/adapters/event-store/stored-log/subscribed.js';
import { readKeySet } from '../../src/adapters/ticket/ticket-keys.js';
import {
  openSignedHeads,
  rootOf,
  type SignedHead,
  type SignedHeads,
} from '../../src/audit/signed-heads.js';
import type { Head } from '../../src/audit/head.js';
import { verifyLog, type Verdict } from '../../src/audit/verify.js';
import { digestOf } from '../../src/domain/audit/chain.js';
import type { EventStore, RecordedEvent } from '../../src/ports/event-store/event-store.js';
import { freshDatabase } from '../support/services/database.js';
import { newEvent } from '../support/log/domain-events.js';
import { until } from '../support/read-side.js';

const KEYS = readKeySet(
  JSON.stringify({
    keys: [
      {
        ...{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
        d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
      },
    ],
  }),
  'KEYS',
);
const FOREIGN_KEYS = readKeySet(
  JSON.stringify({
    keys: [
      {
        ...{ kty: 'OKP', crv: 'Ed25519', x: 'PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw' },
        d: 'TM0Imyj_ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U-4pvs',
      },
    ],
  }),
  'KEYS',
);

const event = (number: number) =>
  newEvent({ number, text: `é"\u001f ${number}`, seatIds: ['A-1', 'A-2'] });

describe('verification of the log', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let store: EventStore;
  let pool: pg.Pool;
  let client: pg.PoolClient;
  let signedHeads: SignedHeads;
  beforeAll(async () => {
    database = await freshDatabase();
    store = chained(openPostgresEventStore({ connectionString: database.url, poolSize: 2 }));
    pool = new pg.Pool({ connectionString: database.url, max: 2 });
    client = await pool.connect();
    signedHeads = openSignedHeads({ pool, log: postgresStoredLog(pool), keys: KEYS });
    await store.append('payment-1', 'no-stream', [event(0), event(1), event(2)]);
    await store.append('payment-2', 'no-stream', [event(0)]);
    // What other suites have under way on this server holds the end of the log back for a moment.
    await until(async () => (await signedHeads.sign(1_000)).signed);
    await store.append('payment-1', 2n, [event(3), event(4)]);
    await store.append('payment-3', 'no-stream', [event(0), event(1)]);
    await until(async () => (await signedHeads.sign(2_000)).signed);
    expect(await signedHeads.sign(3_000)).toEqual({ signed: false, more: false });
    // Not signed yet.
    await store.append('payment-3', 1n, [event(2), event(3), event(4)]);
  });
  afterAll(async () => {
    client.release();
    await pool.end();
    await store.close();
    await database.drop();
  });

  const verify = (kept: SignedHead[] = [], keys = KEYS): Promise<Verdict> =>
    verifyLog({ db: client as never, log: postgresStoredLog(client as never), keys, kept });

  /** What is found after these statements, which are then taken back. */
  async function after(...statements: [text: string, ...values: unknown[]][]): Promise<Verdict> {
    await client.query('begin');
    try {
      for (const [text, ...values] of statements) await client.query(text, values);
      return await verify();
    } finally {
      await client.query('rollback');
    }
  }

  const found = ({ findings }: Verdict) =>
    findings.map(({ problem, stream, revision }) =>
      `${problem} ${stream} ${revision}`.replace('  ', ' '),
    );

  it('reports an unaltered log as intact', async () => {
    expect(await verify(await signedHeads.list(0, 10))).toEqual({
      ...{ intact: true, findings: [], unchained: 0 },
      ...{ domainEvents: 11, streams: 3, checkpoints: 2 },
    });
  });

  it('names the domain event of any altered byte', async () => {
    const { rows } = await client.query<{ data: string; metadata: string }>(
      `select data, metadata from domain_events where stream = 'payment-1' and revision = 1`,
    );
    for (const column of ['data', 'metadata'] as const) {
      const text = rows[0]![column];
      for (let at = 0; at < text.length; at++) {
        const other = text[at] === ' ' ? '_' : ' ';
        const verdict = await after([
          `update domain_events set ${column} = overlay(${column} placing $1 from $2 for 1)
           where stream = 'payment-1' and revision = 1`,
          other,
          at + 1,
        ]);
        expect([column, at, verdict.findings[0]]).toMatchObject([
          column,
          at,
          {
            stream: 'payment-1',
            revision: 1,
            problem: expect.stringMatching(/^(altered|unchained)$/),
          },
        ]);
      }
    }
  });

  it('finds altered bytes that do not change the meaning', async () => {
    const verdict = await after([
      `update domain_events set data = replace(data, '\\u001f', '\\u001F') where stream = 'payment-1' and revision = 3`,
    ]);
    expect(found(verdict)).toEqual(['altered payment-1 3']);
  });

  it.each([
    ['type', `type = 'SeatsUnblocked'`],
    ['id', `id = '00000000-0000-4000-8000-00000000ffff'`],
    ['data', `data = replace(data, 'A-1', 'A-9')`],
  ])(
    'an altered %s, at the end of a stream, behind it and where nothing is signed yet',
    async (_, change) => {
      const alter = (stream: string, revision: number) =>
        after([
          `update domain_events set ${change} where stream = '${stream}' and revision = ${revision}`,
        ]);
      expect(found(await alter('payment-1', 4))).toEqual(['altered payment-1 4']);
      expect(found(await alter('payment-2', 0))).toEqual(['altered payment-2 0']);
      expect(found(await alter('payment-1', 0))).toEqual(['altered payment-1 0']);
      expect(found(await alter('payment-1', 2))).toEqual(['altered payment-1 2']);
      expect(found(await alter('payment-3', 2))).toEqual(['altered payment-3 2']);
      expect(found(await alter('payment-3', 3))).toEqual(['altered payment-3 3']);
    },
  );

  it('finds an altered recorded time', async () => {
    const verdict = await after([
      `update domain_events set recorded_at = recorded_at - interval '1 microsecond'
       where stream = 'payment-1' and revision = 1`,
    ]);
    expect(found(verdict)).toEqual(['time-altered payment-1 2']);
  });

  it('finds a removed domain event and a removed stream', async () => {
    const remove = (where: string) => after([`delete from domain_events where ${where}`]);
    expect(found(await remove(`stream = 'payment-1' and revision = 1`))[0]).toBe(
      'missing payment-1 1',
    );
    expect(found(await remove(`stream = 'payment-1' and revision = 0`))[0]).toBe(
      'missing payment-1 0',
    );
    expect(found(await remove(`stream = 'payment-1' and revision = 4`))).toEqual([
      'removed payment-1 4',
    ]);
    expect(found(await remove(`stream = 'payment-1' and revision > 1`))).toEqual([
      'removed payment-1 2',
    ]);
    expect(found(await remove(`stream = 'payment-2'`))).toEqual(['removed payment-2 0']);
  });

  it('finds a removed domain event whose successors were renumbered', async () => {
    const verdict = await after(
      [`delete from domain_events where stream = 'payment-1' and revision = 1`],
      [
        `update domain_events set revision = revision - 1 where stream = 'payment-1' and revision = 2`,
      ],
      [
        `update domain_events set revision = revision - 1 where stream = 'payment-1' and revision = 3`,
      ],
      [
        `update domain_events set revision = revision - 1 where stream = 'payment-1' and revision = 4`,
      ],
    );
    expect(verdict.findings[0]).toMatchObject({ stream: 'payment-1', revision: 1 });
  });

  it('finds an inserted domain event', async () => {
    const put = (stream: string, revision: number) =>
      after([
        `insert into domain_events (stream, revision, id, type, data, metadata)
         select stream, ${revision}, gen_random_uuid(), type, data, '{"schemaVersion":1}' from domain_events
         where stream = '${stream}' and revision = 0`,
      ]);
    expect(found(await put('payment-1', 5))).toEqual(['unchained payment-1 5']);
    expect(found(await put('payment-2', 1))).toEqual(['unchained payment-2 1']);
    const copied = await after([
      `insert into domain_events (stream, revision, id, type, data, metadata)
       select stream, 5, gen_random_uuid(), type, data, metadata from domain_events
       where stream = 'payment-1' and revision = 4`,
    ]);
    expect(copied.intact).toBe(false);
  });

  it('finds two swapped domain events', async () => {
    const verdict = await after(
      [`update domain_events set revision = 99 where stream = 'payment-1' and revision = 1`],
      [`update domain_events set revision = 1 where stream = 'payment-1' and revision = 2`],
      [`update domain_events set revision = 2 where stream = 'payment-1' and revision = 99`],
    );
    expect(verdict.findings[0]).toMatchObject({
      stream: 'payment-1',
      revision: 1,
      problem: 'altered',
    });
  });

  it('finds altered, forged and removed signed heads', async () => {
    expect(
      found(
        await after([
          `update audit_heads set revision = 1 where stream = 'payment-1' and checkpoint = 1`,
        ]),
      ),
    ).toContain('checkpoint-heads-altered 1');
    expect(
      found(
        await after([
          `update audit_checkpoints set document = replace(document, '1970', '1971') where number = 1`,
        ]),
      ),
    ).toEqual(['checkpoint-unsigned 1', 'checkpoint-missing 2']);
    expect(
      found(
        await after(
          [`delete from audit_heads where checkpoint = 1`],
          [`delete from audit_checkpoints where number = 1`],
        ),
      ),
    ).toContain('checkpoint-missing 1');
    expect(found(await verify([], FOREIGN_KEYS))).toEqual([
      'checkpoint-unsigned 1',
      'checkpoint-unsigned 2',
    ]);
  });

  it('needs a copy to find a removed newest signed head with its domain events', async () => {
    const kept = await signedHeads.list(0, 10);
    await client.query('begin');
    await client.query(`delete from audit_heads where checkpoint = 2`);
    await client.query(`delete from audit_checkpoints where number = 2`);
    await client.query(`delete from domain_events where stream = 'payment-1' and revision > 2`);
    expect((await verify()).intact).toBe(true);
    expect(found(await verify(kept))).toEqual(['checkpoint-missing 2']);
    await client.query('rollback');
  });

  it('finds alterations in every event store', async () => {
    const through = (
      change: (event: RecordedEvent) => RecordedEvent | undefined,
    ): Promise<Verdict> => {
      const altered: EventStore = {
        ...store,
        async *subscribe(options) {
          for await (const batch of store.subscribe(options))
            yield { ...batch, events: batch.events.flatMap((read) => change(read) ?? []) };
        },
      };
      return verifyLog({ db: client as never, log: subscribedStoredLog(altered), keys: KEYS });
    };
    const at = ({ stream, revision }: RecordedEvent, wanted: bigint) =>
      stream === 'payment-1' && revision === wanted;
    expect(await through((read) => read)).toMatchObject({ intact: true, domainEvents: 11 });
    expect(
      found(await through((read) => (at(read, 1n) ? { ...read, data: { number: 7 } } : read))),
    ).toEqual(['altered payment-1 1']);
    expect(found(await through((read) => (at(read, 4n) ? undefined : read)))).toEqual([
      'removed payment-1 4',
    ]);
    expect(
      found(await through((read) => (at(read, 2n) ? { ...read, recordedAt: 1 } : read))),
    ).toEqual(['time-altered payment-1 2']);
  });

  it('reads to the end although the subscription reports it early', async () => {
    const tooEarly: EventStore = {
      ...store,
      async *subscribe(options) {
        for await (const batch of store.subscribe({ ...options, maxBatch: 2 }))
          yield { ...batch, caughtUp: true };
      },
    };
    const log = subscribedStoredLog(tooEarly);
    expect(await verifyLog({ db: client as never, log, keys: KEYS })).toMatchObject({
      ...{ intact: true, domainEvents: 11 },
    });
  });

  it('fails when the log cannot be read to its end, without reporting removals', async () => {
    const falling = (silent: boolean): EventStore => ({
      ...store,
      async *subscribe(options) {
        for await (const batch of store.subscribe({ ...options, maxBatch: 4 })) {
          yield batch;
          break;
        }
        if (silent && !options.signal.aborted) await once(options.signal, 'abort');
      },
    });
    for (const silent of [false, true]) {
      const log = subscribedStoredLog(falling(silent), 20);
      await expect(verifyLog({ db: client as never, log, keys: KEYS })).rejects.toThrow(
        LogCutShort,
      );
    }
  });

  it('signs the same head for every event store', async () => {
    const [one, other] = await Promise.all(
      [postgresStoredLog(pool), subscribedStoredLog(store)].map((log) =>
        log.growth({ commit: -1n, prepare: -1n }, 100),
      ),
    );
    const ends = (growth: typeof one) =>
      growth!.streams
        .map(({ last, recordedDigest }) => [last.stream, digestOf(last), recordedDigest])
        .sort(([a], [b]) => (a! < b! ? -1 : 1));
    expect(ends(one)).toHaveLength(3);
    expect(ends(one)).toEqual(ends(other));
  });

  it('signs many domain events in portions', async () => {
    const few = openSignedHeads({ pool, log: postgresStoredLog(pool), keys: KEYS, maxEvents: 2 });
    expect(await few.sign(4_000)).toEqual({ signed: true, more: true });
    expect(await few.sign(5_000)).toEqual({ signed: true, more: false });
    expect(await verify()).toMatchObject({ intact: true, checkpoints: 4 });
  });
});

describe('rootOf', () => {
  const head = (n: number): Head => ({
    stream: `payment-${n}`,
    revision: '0',
    digest: `d${n}`,
    recordedDigest: 'r',
  });
  it('returns the Merkle root in any order, and another one after any change', () => {
    const heads = Array.from({ length: 7 }, (_, n) => head(n));
    const root = rootOf(heads);
    expect(rootOf([...heads].reverse())).toBe(root);
    const others = [
      heads.slice(1),
      heads.map((each, n) => (n === 3 ? { ...each, revision: '1' } : each)),
      heads.map((each, n) => (n === 3 ? { ...each, digest: 'x' } : each)),
      heads.map((each, n) => (n === 3 ? { ...each, recordedDigest: 'x' } : each)),
      [...heads, head(7)],
    ];
    expect(new Set([root, ...others.map(rootOf)]).size).toBe(6);
  });
});
