import { EventStoreDBClient, START, streamNameFilter } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { until } from '../../support/log/domain-events.js';
import type { EventStoreDbNode } from '../../support/eventstoredb-node.js';
import { describeOnInTestNode } from '../../support/eventstoredb/eventstoredb-server.js';
import { appendTexts, openNodeEachTime, read, take } from './eventstoredb-node.fixture.js';

describeOnInTestNode('the in-test EventStoreDB node, like a server of 23.10.6', () => {
  let node: EventStoreDbNode;
  let client: EventStoreDBClient;
  openNodeEachTime((opened) => ({ node, client } = opened));
  const append = (texts: string[]) => appendTexts(client, texts);

  it('follows one stream or all, strictly after a place, and confirms first', async () => {
    await append(['a', 'b']);
    const all = await read(client.readAll());
    const ofStream = client.subscribeToStream('show-1', { fromRevision: 0n });
    const ofAll = client.subscribeToAll({ fromPosition: all.at(-2)!.event!.position! });
    const said: string[] = [];
    ofAll.on('confirmation', () => said.push('confirmed'));
    ofAll.on('data', () => said.push('domain event'));
    await append(['c']);
    const next = await take(ofStream, 2);
    expect(next.map(({ event }) => event!.revision)).toEqual([1n, 2n]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(said).toEqual(['confirmed', 'domain event', 'domain event']);
    await Promise.all([ofStream.unsubscribe(), ofAll.unsubscribe()]);
  });

  it('tells a filtered subscription how far it has looked', async () => {
    node.seed(
      'other-1',
      Array.from({ length: 100 }, () => ({ type: 'Foreign', data: {} })),
    );
    const checkpoints: bigint[] = [];
    const subscription = client.subscribeToAll({
      fromPosition: START,
      filter: streamNameFilter({
        prefixes: ['show-'],
        maxSearchWindow: 10,
        checkpointInterval: 2,
        checkpointReached: (_subscription, { commit }) => void checkpoints.push(commit),
      }),
    });
    subscription.on('error', () => {});
    await append(['a']);
    expect((await take(subscription, 1)).map(({ event }) => event!.streamId)).toEqual(['show-1']);
    const positions = (await read(client.readAll())).map(({ event }) => event!.position!.commit);
    expect(checkpoints).toEqual([20, 40, 60, 80, 100].map((looked) => positions[looked - 1]));
    await subscription.unsubscribe();
  });

  it('fails a subscription after a place where no record begins', async () => {
    await append(['a', 'b']);
    const { position } = node.events()[1]!;
    for (const fromPosition of [
      { commit: 7n, prepare: 7n },
      { commit: position, prepare: position + 10_000n },
    ]) {
      const refused = take(client.subscribeToAll({ fromPosition }), 1);
      await expect(refused).rejects.toMatchObject({ code: status.UNKNOWN });
      await expect(refused).rejects.toThrow('Exception was thrown by handler');
    }
  });

  it('confirms a subscription from beyond its end, and gives every new record', async () => {
    await append(['a', 'b', 'c']);
    const { position } = node.events()[2]!;
    await node.restore(node.size() - 2);
    const another = EventStoreDBClient.connectionString(
      `${node.connectionString}&keepAliveTimeout=10001`,
    );
    const subscription = another.subscribeToAll({
      fromPosition: { commit: position, prepare: position },
    });
    const said: string[] = [];
    for (const name of ['confirmation', 'caughtUp']) subscription.on(name, () => said.push(name));
    await until(() => said.length === 2);
    node.seed('show-1', [{ type: 'SeatsBlocked', data: { text: 'd' } }]);
    const [first] = await take(subscription, 1);
    expect(said).toEqual(['confirmation', 'caughtUp']);
    expect(first!.event!.revision).toBe(1n);
    expect(node.events()[1]!.position).toBeLessThan(position);
    await another.dispose();
  });

  it('fails a read from just beyond its end, and finds nothing further on', async () => {
    await append(['a']);
    const end = node.events()[0]!.position;
    const from = (beyond: bigint) => ({
      fromPosition: { commit: end + beyond, prepare: end + beyond },
    });
    await expect(read(client.readAll(from(10_000n)))).rejects.toThrow('Unexpected ReadAllResult');
    expect(await read(client.readAll(from(2n ** 40n)))).toEqual([]);
  });

  it('says that a subscription has caught up after the last domain event, once', async () => {
    await append(['a', 'b']);
    const said: string[] = [];
    const filter = streamNameFilter({ prefixes: ['show-'] });
    const subscription = client.subscribeToAll({ filter }).on('error', () => {});
    subscription.on('caughtUp', () => said.push('caught up'));
    subscription.on('data', () => said.push('domain event'));
    await until(() => said.length === 3);
    await append(['c']);
    await until(() => said.length === 4);
    expect(said).toEqual(['domain event', 'domain event', 'caught up', 'domain event']);
    await subscription.unsubscribe();
  });

  it('ends a live subscription for which more than 32 domain events wait', async () => {
    const filter = streamNameFilter({ prefixes: ['show-'] });
    const subscription = client.subscribeToAll({ filter });
    let caughtUp = false;
    const errors: unknown[] = [];
    subscription.on('caughtUp', () => (caughtUp = true)).on('error', (error) => errors.push(error));
    subscription.resume();
    await until(() => caughtUp);
    node.seed('other-1', Array(40).fill({ type: 'SeatsBlocked', data: {} }));
    node.seed('show-1', Array(32).fill({ type: 'SeatsBlocked', data: {} }));
    await until(() => node.counts.delivered === 32);
    expect(errors).toEqual([]);
    node.seed('show-1', Array(33).fill({ type: 'SeatsBlocked', data: {} }));
    await until(() => errors.length > 0);
    expect(errors).toMatchObject([{ code: status.ABORTED }]);
    expect(node.counts.tooSlow).toBe(1);
  });
});
