/**
 * The two streaming calls of EventStoreDB, over the vendor's client: it finds the leader, holds the
 * connection and sends the credentials. Messages are encoded and decoded here, because its own
 * decoding takes four fifths of the CPU time of a read, and because its appends share one table in
 * the whole process: a failed stream rejected the appends of all, and could end the process.
 */
import {
  Client,
  type CallOptions,
  type ClientDuplexStream,
  type ClientReadableStream,
  type Metadata,
} from '@grpc/grpc-js';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { decodeAppendAnswer, type AppendAnswer } from './append-messages.js';
import { decodeReadMessage, type ReadMessage } from './read-messages.js';

export type ReadCall = ClientReadableStream<ReadMessage>;
export type AppendCall = ClientDuplexStream<Buffer, AppendAnswer>;

const SERVICE = '/event_store.client.streams.Streams';
const asIs = (message: Buffer): Buffer => message;

class StreamsClient extends Client {
  read(query: Buffer, metadata: Metadata, options: CallOptions): ReadCall {
    const path = `${SERVICE}/Read`;
    return this.makeServerStreamRequest(path, asIs, decodeReadMessage, query, metadata, options);
  }

  batchAppend(metadata: Metadata, options: CallOptions): AppendCall {
    const path = `${SERVICE}/BatchAppend`;
    return this.makeBidiStreamRequest(path, asIs, decodeAppendAnswer, metadata, options);
  }
}

/** Members that the vendor's client uses for its own calls and does not expose. */
interface ClientInternals {
  readonly capabilities: Promise<unknown>;
  callArguments(
    options: { requiresLeader?: boolean },
    callOptions: { deadline: number },
  ): [Metadata, CallOptions];
  GRPCStreamCreator<Call>(
    type: typeof StreamsClient,
    debugName: string,
    create: (client: StreamsClient) => Call,
  ): () => Promise<Call>;
}

const internals = (client: EventStoreDBClient) => client as unknown as ClientInternals;

/** Has a listener for errors, which may occur at any time and would end the process. */
export async function openRead(
  client: EventStoreDBClient,
  query: Buffer,
  { requiresLeader }: { requiresLeader: boolean },
): Promise<ReadCall> {
  const { GRPCStreamCreator, callArguments } = internals(client);
  const parameters = callArguments({ requiresLeader }, { deadline: Infinity });
  const open = GRPCStreamCreator(StreamsClient, 'read', (grpc) => grpc.read(query, ...parameters));
  return (await open()).on('error', () => {});
}

/**
 * Cancels a call and drops what has arrived. Reads it to its end, because the client's `dispose`
 * waits without end for a call that was not.
 */
export function endRead(call: ReadCall): void {
  // Later, because a call that is canceled as it opens never ends (grpc-node issue 1652).
  setImmediate(() => call.cancel());
  call.resume();
}

/** @throws when the server cannot be reached: nothing was sent then */
export async function openAppends(client: EventStoreDBClient): Promise<AppendCall> {
  const { GRPCStreamCreator, callArguments } = internals(client);
  // A first answer of the server: without one, the outcome of a failed append would be unknown.
  await internals(client).capabilities;
  const parameters = callArguments({}, { deadline: Infinity });
  return GRPCStreamCreator(StreamsClient, 'append', (grpc) => grpc.batchAppend(...parameters))();
}
