import { once } from 'node:events';
import { postgresStoredLog } from '../../src/adapters/event-store/stored-log/postgres.js';
import {
  LogCutShort,
  subscribedStoredLog,
} from '../../src/adapters/event-store/stored-log/subscribed.js';
import { openSignedHeads } from '../../src/audit/signed-heads.js';
import { verifyLog, type Verdict } from '../../src/audit/verify.js';
import { digestOf } from '../../src/domain/audit/chain.js';
import type { EventStore, RecordedEvent } from '../../src/ports/event-store/event-store.js';
import { found, KEYS, openAuditedLog, type AuditedLog } from './verify.fixture.js';

describe('verification of the log', () => {
  let audited: AuditedLog;
  beforeAll(async () => {
    audited = await openAuditedLog();
  });
  afterAll(() => audited?.close());

  it('finds alterations in every event store', async () => {
    const through = (
      change: (event: RecordedEvent) => RecordedEvent | undefined,
    ): Promise<Verdict> => {
      const altered: EventStore = {
        ...audited.store,
        async *subscribe(options) {
          for await (const batch of audited.store.subscribe(options))
            yield { ...batch, events: batch.events.flatMap((read) => change(read) ?? []) };
        },
      };
      return verifyLog({
        db: audited.client as never,
        log: subscribedStoredLog(altered),
        keys: KEYS,
      });
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
      ...audited.store,
      async *subscribe(options) {
        for await (const batch of audited.store.subscribe({ ...options, maxBatch: 2 }))
          yield { ...batch, caughtUp: true };
      },
    };
    const log = subscribedStoredLog(tooEarly);
    expect(await verifyLog({ db: audited.client as never, log, keys: KEYS })).toMatchObject({
      ...{ intact: true, domainEvents: 11 },
    });
  });

  it('fails when the log cannot be read to its end, without reporting removals', async () => {
    const falling = (silent: boolean): EventStore => ({
      ...audited.store,
      async *subscribe(options) {
        for await (const batch of audited.store.subscribe({ ...options, maxBatch: 4 })) {
          yield batch;
          break;
        }
        if (silent && !options.signal.aborted) await once(options.signal, 'abort');
      },
    });
    for (const silent of [false, true]) {
      const log = subscribedStoredLog(falling(silent), 20);
      await expect(verifyLog({ db: audited.client as never, log, keys: KEYS })).rejects.toThrow(
        LogCutShort,
      );
    }
  });

  it('signs the same head for every event store', async () => {
    const [one, other] = await Promise.all(
      [postgresStoredLog(audited.pool), subscribedStoredLog(audited.store)].map((log) =>
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
    const few = openSignedHeads({
      pool: audited.pool,
      log: postgresStoredLog(audited.pool),
      keys: KEYS,
      maxEvents: 2,
    });
    expect(await few.sign(4_000)).toEqual({ signed: true, more: true });
    expect(await few.sign(5_000)).toEqual({ signed: true, more: false });
    expect(await audited.verify()).toMatchObject({ intact: true, checkpoints: 4 });
  });
});
