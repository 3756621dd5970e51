import {
  AppendTooLarge,
  StreamDeleted,
  WrongExpectedRevision,
  type EventStore,
} from '../../../src/ports/event-store/event-store.js';
import { newEvent, numbered, readAll } from '../../support/log/domain-events.js';
import type { EventStoreDbNode } from '../../support/eventstoredb-node.js';
import { describeOnInTestNode } from '../../support/eventstoredb/eventstoredb-server.js';
import { openEachTime } from './eventstoredb.fixture.js';

let node: EventStoreDbNode;
let store: EventStore;
const open = openEachTime((opened) => ({ node, store } = opened));

describeOnInTestNode('what the client is spared or given', () => {
  it('appends in batches also with credentials in the connection string', async () => {
    const withAccount = open(node.connectionString.replace('esdb://', 'esdb://writer:secret@'));
    await withAccount.append('show-1', 'no-stream', numbered(200));
    expect(node.counts).toMatchObject({ appends: 1, plainAppends: 0 });
  });

  it('reports a conflict by the client’s error, whatever the connection string says', async () => {
    const lenient = open(`${node.connectionString}&throwOnAppendFailure=false`);
    await lenient.append('show-1', 'no-stream', numbered(3));
    const refused = lenient.append('show-1', 0n, numbered(1));
    await expect(refused).rejects.toEqual(new WrongExpectedRevision('show-1', 0n));
  });

  it('is not refused by a server whose clock is minutes ahead', async () => {
    node.setClockAhead(5 * 60_000);
    await expect(store.append('show-1', 'no-stream', numbered(1))).resolves.toEqual({
      revision: 0n,
    });
  });

  it.each([
    ['an id that is no UUID', [{ ...newEvent(), id: 'seat-7' }]],
    ['data that is no JSON', [{ ...newEvent(), data: undefined }]],
    ['data with a bigint in it', [newEvent({ revision: 1n })]],
  ])('is never given %s', async (_, events) => {
    await expect(store.append('show-1', 'no-stream', events)).rejects.toMatchObject({
      name: 'TypeError',
    });
    await expect(store.append('show-1', 'no-stream', numbered(1))).resolves.toEqual({
      revision: 0n,
    });
  });

  it('is told when the type names make an append too large for the server', async () => {
    const events = Array.from({ length: 1_000 }, () =>
      newEvent('x'.repeat(650), 'Seats'.repeat(20)),
    );
    // A busy machine needs more than the usual time to encode that many.
    const patient = open(node.connectionString, 10_000);
    const refused = patient.append('show-1', 'no-stream', events);
    await expect(refused).rejects.toBeInstanceOf(AppendTooLarge);
    await expect(refused).rejects.toMatchObject({ limit: 1024 * 1024 });
    expect(node.events()).toEqual([]);
  });
});

describeOnInTestNode('a deleted stream', () => {
  it('is gone for good after a tombstone', async () => {
    await store.append('show-1', 'no-stream', numbered(2));
    node.deleteStream('show-1', 'tombstone');
    await expect(store.append('show-1', 1n, numbered(1, 2))).rejects.toEqual(
      new StreamDeleted('show-1'),
    );
    await expect(store.append('show-1', 'no-stream', numbered(1))).rejects.toBeInstanceOf(
      StreamDeleted,
    );
    await expect(readAll(store.readStream('show-1'))).rejects.toEqual(new StreamDeleted('show-1'));
  });

  it('reads as missing after a plain delete, and continues at its old revision', async () => {
    await store.append('show-1', 'no-stream', numbered(2));
    node.deleteStream('show-1');
    expect(await readAll(store.readStream('show-1'))).toEqual([]);
    await expect(store.append('show-1', 'no-stream', numbered(1, 2))).resolves.toEqual({
      revision: 2n,
    });
    const again = await readAll(store.readStream('show-1'));
    expect(again.map(({ revision }) => revision)).toEqual([2n]);
  });
});
