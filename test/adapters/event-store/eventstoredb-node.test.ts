import {
  ANY,
  AccessDeniedError,
  BACKWARDS,
  DeadlineExceededError,
  END,
  MaxAppendSizeExceededError,
  NO_STREAM,
  STREAM_EXISTS,
  StreamDeletedError,
  StreamNotFoundError,
  UnavailableError,
  WrongExpectedVersionError,
  type AppendExpectedRevision,
  type EventStoreDBClient,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { credentials, status } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { openEventStoreDbNode, type EventStoreDbNode } from '../../support/eventstoredb-node.js';
import { describeOnInTestNode } from '../../support/eventstoredb/eventstoredb-server.js';
import { appendTexts, event, openNodeEachTime, read, take } from './eventstoredb-node.fixture.js';

/**
 * The in-test node keeps to the rules of the real server, as the real client sees them. Every rule
 * here was read in the server's own source.
 */
describeOnInTestNode('the in-test EventStoreDB node, like a server of 23.10.6', () => {
  let node: EventStoreDbNode;
  let client: EventStoreDBClient;
  openNodeEachTime((opened) => ({ node, client } = opened));
  const append = (texts: string[], expectedRevision?: AppendExpectedRevision) =>
    appendTexts(client, texts, expectedRevision);

  it('refuses an append over 1 MiB, and takes one just under', async () => {
    const quarter = 'x'.repeat(256 * 1024 - 64);
    const refused = append([quarter, quarter, quarter, quarter, 'and a little more'.repeat(20)]);
    await expect(refused).rejects.toBeInstanceOf(MaxAppendSizeExceededError);
    await expect(refused).rejects.toMatchObject({ maxAppendSize: 1024 * 1024 });
    expect(node.events()).toEqual([]);
    await expect(append([quarter, quarter, quarter, quarter])).resolves.toMatchObject({
      success: true,
    });
  });

  it.each<[AppendExpectedRevision, number, bigint | 'no_stream']>([
    [NO_STREAM, 2, 1n],
    [0n, 2, 1n],
    [2n, 2, 1n],
    [0n, 0, 'no_stream'],
    [STREAM_EXISTS, 0, 'no_stream'],
  ])(
    'refuses an append at %s to a stream of %i',
    async (expectedRevision, existing, actualVersion) => {
      if (existing > 0) await append(['a', 'b'].slice(0, existing));
      const refused = append(['c'], expectedRevision);
      await expect(refused).rejects.toBeInstanceOf(WrongExpectedVersionError);
      await expect(refused).rejects.toMatchObject({ streamName: 'show-1', actualVersion });
      expect(node.counts.conflicts).toBe(1);
    },
  );

  it.each<[AppendExpectedRevision, number]>([
    [ANY, 0],
    [ANY, 2],
    [NO_STREAM, 0],
    [STREAM_EXISTS, 2],
    [1n, 2],
  ])('takes an append at %s to a stream of %i', async (expectedRevision, existing) => {
    if (existing > 0) await append(['a', 'b']);
    const { nextExpectedRevision } = await append(['c'], expectedRevision);
    expect(nextExpectedRevision).toBe(BigInt(existing));
  });

  it('answers repeated ids with what it wrote, also after later appends', async () => {
    const events = [event('a'), event('b')];
    const options = { expectedRevision: NO_STREAM } as const;
    const first = await client.appendToStream('show-1', events, options);
    await append(['c']);
    await expect(client.appendToStream('show-1', events, options)).resolves.toEqual(first);
    expect(node.stream('show-1')).toHaveLength(3);
    expect(node.counts).toMatchObject({ appends: 2, repeats: 1 });
  });

  it('writes the same ids again at a newer revision', async () => {
    const events = [event('a')];
    await client.appendToStream('show-1', events, { expectedRevision: NO_STREAM });
    await client.appendToStream('show-1', events, { expectedRevision: 0n });
    expect(node.stream('show-1').map(({ id }) => id)).toEqual([events[0]!.id, events[0]!.id]);
  });

  it('refuses the same ids followed by others', async () => {
    const first = event('a');
    await client.appendToStream('show-1', [first, event('b')], { expectedRevision: NO_STREAM });
    const partly = client.appendToStream('show-1', [first, event('c')], {
      expectedRevision: NO_STREAM,
    });
    await expect(partly).rejects.toBeInstanceOf(WrongExpectedVersionError);
  });

  it('knows missing, deleted and buried streams', async () => {
    await expect(read(client.readStream('show-1'))).rejects.toBeInstanceOf(StreamNotFoundError);
    await append(['a', 'b']);
    await client.deleteStream('show-1', { expectedRevision: 1n });
    await expect(read(client.readStream('show-1'))).rejects.toBeInstanceOf(StreamNotFoundError);
    await expect(append(['c'], STREAM_EXISTS)).rejects.toBeInstanceOf(StreamDeletedError);
    expect((await append(['c'], NO_STREAM)).nextExpectedRevision).toBe(2n);
    expect((await read(client.readStream('show-1'))).map(({ event }) => event!.revision)).toEqual([
      2n,
    ]);
    await client.tombstoneStream('show-1');
    await expect(read(client.readStream('show-1'))).rejects.toBeInstanceOf(StreamDeletedError);
    await expect(append(['d'])).rejects.toBeInstanceOf(StreamDeletedError);
    await expect(client.deleteStream('show-1')).rejects.toBeInstanceOf(StreamDeletedError);
  });

  it('reads everything from a position: forwards with it, backwards without', async () => {
    await append(['a', 'b', 'c']);
    const all = await read(client.readAll());
    expect(all.map(({ event }) => event!.streamId)).toEqual([
      '$$$settings',
      '$stats-0',
      ...Array(3).fill('show-1'),
    ]);
    const [, , , b] = all.map(({ event }) => event!);
    const texts = (events: ResolvedEvent[]) =>
      events.map(({ event }) => (event!.data as { text: string }).text);
    expect(texts(await read(client.readAll({ fromPosition: b!.position! })))).toEqual(['b', 'c']);
    const backwards = { direction: BACKWARDS, maxCount: 1 } as const;
    expect(texts(await read(client.readAll({ ...backwards, fromPosition: b!.position! })))).toEqual(
      ['a'],
    );
    expect(texts(await read(client.readAll({ ...backwards, fromPosition: END })))).toEqual(['c']);
  });

  it('gives the position of a domain event that is read from its stream', async () => {
    await append(['a']);
    const [fromStream] = await read(client.readStream('show-1'));
    const fromAll = (await read(client.readAll())).at(-1)!;
    expect(fromStream!.event!.position).toEqual(fromAll.event!.position);
  });

  it('denies an account the log but not its streams, or everything', async () => {
    await append(['a']);
    node.deny('permission-denied');
    await expect(read(client.readAll())).rejects.toBeInstanceOf(AccessDeniedError);
    await expect(take(client.subscribeToAll(), 1)).rejects.toMatchObject({
      code: status.PERMISSION_DENIED,
    });
    expect(await read(client.readStream('show-1'))).toHaveLength(1);
    await append(['b']);
    node.deny('unauthenticated');
    await expect(read(client.readStream('show-1'))).rejects.toMatchObject({
      code: status.UNAUTHENTICATED,
    });
  });

  it('is unavailable while stopped or refusing calls, and keeps everything', async () => {
    await append(['a']);
    node.refuseCalls(true);
    await expect(read(client.readStream('show-1'))).rejects.toBeInstanceOf(UnavailableError);
    node.refuseCalls(false);
    await node.stop();
    await expect(read(client.readStream('show-1'))).rejects.toBeInstanceOf(UnavailableError);
    await node.start();
    expect(await read(client.readStream('show-1'))).toHaveLength(1);
  });

  it('holds the deadline of a batch append against its own clock', async () => {
    node.setClockAhead(60_000);
    await expect(append(['a'])).rejects.toBeInstanceOf(DeadlineExceededError);
    expect(node.events()).toEqual([]);
  });
});

describeOnInTestNode('ids in two halves', () => {
  it('are given to a client that asks for them, and taken', async () => {
    const node = await openEventStoreDbNode();
    const id = 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6';
    node.seed('show-1', [{ id, type: 'SeatsBlocked', data: {} }]);
    const grpc = new streamsGrpc.StreamsClient(
      `127.0.0.1:${node.port}`,
      credentials.createInsecure(),
    );
    const stream = new streams.ReadReq.Options.StreamOptions()
      .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from('show-1')))
      .setStart(new shared.Empty());
    const options = new streams.ReadReq.Options()
      .setStream(stream)
      .setCount('1')
      .setNoFilter(new shared.Empty())
      .setUuidOption(new streams.ReadReq.Options.UUIDOption().setStructured(new shared.Empty()));
    const halves: (string | undefined)[] = [];
    for await (const answer of grpc.read(new streams.ReadReq().setOptions(options))) {
      const uuid = (answer as InstanceType<typeof streams.ReadResp>)
        .getEvent()!
        .getEvent()!
        .getId()!;
      halves.push(
        uuid.getStructured()?.getMostSignificantBits(),
        uuid.getStructured()?.getLeastSignificantBits(),
      );
    }
    expect(halves).toEqual([
      BigInt.asIntN(64, 0xf81d4fae7dec41d0n).toString(),
      BigInt.asIntN(64, 0xa76500a0c91e6bf6n).toString(),
    ]);
    grpc.close();
    await node.close();
  });
});
