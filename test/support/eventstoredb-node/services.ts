import { Server, type UntypedServiceImplementation } from '@grpc/grpc-js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { appendCalls, refusalOf } from './append-calls.js';
import { gossipMessage } from './gossip.js';
import type { NodeState } from './node-state.js';
import { readCall } from './read-calls.js';

/** Returns a gRPC server of the services that the client calls, without a port. */
export function serve(state: NodeState, version: string | undefined): Server {
  const grpc = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
  // Answers to reads arrive encoded.
  const { read, ...writes } = streamsGrpc.StreamsService;
  const definition = {
    ...writes,
    read: { ...read, responseSerialize: (encoded: Buffer) => encoded },
  };
  grpc.addService(definition, {
    ...appendCalls(state),
    read: readCall(state),
  } as unknown as UntypedServiceImplementation);
  type Answer = (error: object | null, answer?: object) => void;
  if (version !== undefined) {
    grpc.addService(featuresGrpc.ServerFeaturesService, {
      getSupportedMethods: (_call: unknown, callback: Answer) => {
        const refusal = refusalOf(state);
        return refusal ? callback(refusal) : callback(null, supportedMethods(version));
      },
    });
  }
  // Gossip is answered also by a node that takes part in an election.
  grpc.addService(gossipGrpc.GossipService, {
    read: (_call: unknown, callback: Answer) => callback(null, gossipMessage(state.members())),
  });
  return grpc;
}

function supportedMethods(version: string): object {
  const method = (name: string, ...names: string[]) =>
    new features.SupportedMethod()
      .setServiceName('event_store.client.streams.streams')
      .setMethodName(name)
      .setFeaturesList(names);
  return new features.SupportedMethods()
    .setEventStoreServerVersion(version)
    .setMethodsList([
      method('read', 'position', 'events'),
      method('append'),
      method('delete'),
      method('tombstone'),
      method('batchappend', 'deadline_duration'),
    ]);
}
