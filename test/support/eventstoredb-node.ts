import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { appendCalls, refusalOf } from './eventstoredb-node/append-calls.js';
import { gossipMessage } from './eventstoredb-node/gossip.js';
import {
  createLog,
  type AppendOutcome,
  type EventLog,
  type LoggedEvent,
} from './eventstoredb-node/log.js';
import type {
  AppendFault,
  Denial,
  GossipMember,
  NodeCounts,
  NodeState,
} from './eventstoredb-node/node-state.js';
import { readCall } from './eventstoredb-node/read-calls.js';

/** A domain event of the node's log, decoded. */
export interface NodeEvent {
  id: string;
  stream: string;
  revision: bigint;
  type: string;
  data: unknown;
  metadata: unknown;
  position: bigint;
}

export interface SeedEvent {
  id?: string;
  type: string;
  data: unknown;
  metadata?: unknown;
}

/**
 * An EventStoreDB node in memory: it speaks the server's own gRPC protocol over a real socket,
 * keeps to the server's rules, and fails when told to.
 */
export interface EventStoreDbNode {
  readonly connectionString: string;
  readonly port: number;
  readonly counts: Readonly<NodeCounts>;

  /** All records in log order as they are stored, those of system streams included. */
  records(): readonly LoggedEvent[];
  /** All domain events in log order, those of system streams left out. */
  events(): NodeEvent[];
  stream(name: string): NodeEvent[];
  /** Writes without a client, at whatever revision the stream stands. */
  seed(stream: string, events: readonly SeedEvent[]): void;

  /** The next appends lose their connection, before or after they are written. */
  dropConnectionOnAppend(when: 'before-commit' | 'after-commit', appends?: number): void;
  /**
   * The next appends wait this long before they are written; they are written even if the caller
   * has gone.
   */
  delayAppends(ms: number, appends?: number): void;
  /** The next appends are written and never answered. */
  swallowAppendAnswers(appends?: number): void;
  /** Nothing more befalls the appends to come. */
  spareAppends(): void;
  /**
   * Ends the append streams as a server does that is going away: nothing under way is answered,
   * nothing fails.
   */
  endAppendStreams(): void;
  /** Ends every subscription; returns how many there were. */
  cutSubscriptions(how: 'unavailable' | 'gracefully' | 'connection'): number;
  openSubscriptions(): number;
  /**
   * Follows another node: appends and reads that want the leader are sent there, other reads are
   * served from its own log. It leads when it follows none.
   */
  follow(leader: EventStoreDbNode | undefined): void;
  /** While true every new call is answered with UNAVAILABLE. */
  refuseCalls(refusing: boolean): void;
  dropConnections(): void;
  /** The server holds the deadline of an append against this clock. */
  setClockAhead(ms: number): void;
  /** Subscriptions fall silent for so long after every tenth domain event, as on a busy machine. */
  stallSubscriptions(ms: number): void;
  /**
   * Refuses the account of every caller: its reads of `$all`, or each of its calls. Undefined: none
   * any more.
   */
  deny(denial: Denial | undefined): void;
  /** Reports these nodes by gossip instead of only itself. */
  gossip(members: () => readonly GossipMember[]): void;
  /** Number of records in the log, for `restore`. */
  size(): number;
  /** Position at which the next record will begin. */
  end(): bigint;
  /**
   * Stops, puts an older copy of its files in place that ends after the first `records`, and starts
   * again.
   */
  restore(records: number): Promise<void>;
  /** Deletes a stream: until it is written again, or (`tombstone`) for good. */
  deleteStream(stream: string, how?: 'tombstone'): void;

  /** Drops every connection and takes none; the log stays. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface NodeOptions {
  /** Version that the node reports; undefined as from a server before 21.10, which reports none. */
  version?: string | undefined;
  /** Log of another node of the same cluster. */
  log?: EventLog;
  /**
   * The log of an earlier node, in log order and with its positions. Unset: the log of a new
   * server.
   */
  records?: readonly LoggedEvent[];
  /** Port to listen at instead of any free one. */
  port?: number;
}

/** The server whose behavior the node has. */
const VERSION = '23.10.6';

export async function openEventStoreDbNode(options: NodeOptions = {}): Promise<EventStoreDbNode> {
  const version = 'version' in options ? options.version : VERSION;
  const sockets = new Map<string, Socket>();
  const state: NodeState = {
    log: options.log ?? createLog(Date.now, options.records),
    counts: newCounts(),
    followers: new Set(),
    appendStreams: new Set(),
    appendFaults: [],
    leader: undefined,
    refusing: false,
    clockAheadMs: 0,
    denial: undefined,
    stallMs: 0,
    members: () => [{ port, state: 'leader', isAlive: true }],
    dropConnection: (peer) => sockets.get(peer)?.destroy(),
  };
  // A fresh server has written about itself before anybody else does.
  if (!options.log && !options.records) {
    seed(state, '$$$settings', [{ type: '$metadata', data: {} }]);
    seed(state, '$stats-0', [{ type: '$statsCollected', data: {} }]);
  }

  const grpc = serve(state, version);
  // Connections come from a listener of our own, so that a test can cut each and refuse new ones.
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer({ noDelay: true }, (socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    sockets.set(peer, socket);
    socket.on('close', () => sockets.delete(peer));
    socket.on('error', () => {});
    injector.injectConnection(socket);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(port, '127.0.0.1', resolve);
    });
  await listen(options.port ?? 0);
  const { port } = listener.address() as AddressInfo;

  const dropConnections = () => sockets.forEach((socket) => socket.destroy());
  const stop = () =>
    new Promise<void>((resolve) => {
      listener.close(() => resolve());
      dropConnections();
    });
  const faults = (fault: AppendFault, appends = 1) => {
    for (let i = 0; i < appends; i++) state.appendFaults.push(fault);
  };

  return {
    connectionString: `esdb://127.0.0.1:${port}?tls=false`,
    port,
    counts: state.counts,
    records: () => state.log.all,
    events: () => decoded(state).filter(({ stream }) => !stream.startsWith('$')),
    stream: (name) => decoded(state).filter(({ stream }) => stream === name),
    seed: (stream, events) => void seed(state, stream, events),
    dropConnectionOnAppend: (when, appends) =>
      faults(
        { kind: when === 'before-commit' ? 'drop-before-commit' : 'drop-after-commit' },
        appends,
      ),
    delayAppends: (ms, appends) => faults({ kind: 'delay', ms }, appends),
    swallowAppendAnswers: (appends) => faults({ kind: 'swallow' }, appends),
    spareAppends: () => void state.appendFaults.splice(0),
    endAppendStreams: () => state.appendStreams.forEach((stream) => stream.end()),
    cutSubscriptions(how) {
      const followers = [...state.followers];
      for (const follower of followers) {
        if (how === 'connection') state.dropConnection(follower.peer);
        else follower.end(how);
      }
      return followers.length;
    },
    openSubscriptions: () => state.followers.size,
    follow: (leader) => void (state.leader = leader?.port),
    refuseCalls: (refusing) => void (state.refusing = refusing),
    dropConnections,
    setClockAhead: (ms) => void (state.clockAheadMs = ms),
    stallSubscriptions: (ms) => void (state.stallMs = ms),
    deny: (denial) => void (state.denial = denial),
    gossip: (members) => void (state.members = members),
    size: () => state.log.all.length,
    end: () => state.log.end(),
    async restore(records) {
      await stop();
      state.log.truncate(records);
      await listen(port);
    },
    deleteStream: (stream, how) =>
      void (how ? state.log.tombstone(stream, 'any') : state.log.deleteStream(stream, 'any')),
    stop,
    start: () => listen(port),
    async close() {
      if (listener.listening) await stop();
      grpc.forceShutdown();
    },
  };
}

const newCounts = (): NodeCounts => ({
  appends: 0,
  repeats: 0,
  conflicts: 0,
  plainAppends: 0,
  subscriptions: 0,
  delivered: 0,
  tooSlow: 0,
  refused: 0,
});

function serve(state: NodeState, version: string | undefined): Server {
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

function seed({ log }: NodeState, stream: string, events: readonly SeedEvent[]): AppendOutcome {
  return log.append(
    stream,
    'any',
    events.map(({ id = randomUUID(), type, data, metadata }) => ({
      id,
      type,
      contentType: 'application/json',
      data: Buffer.from(JSON.stringify(data)),
      metadata: metadata === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(metadata)),
    })),
  );
}

function decoded({ log }: NodeState): NodeEvent[] {
  const json = (bytes: Uint8Array): unknown =>
    bytes.length === 0 ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown);
  return log.all.map(({ id, stream, revision, type, data, metadata, position }) => ({
    id,
    stream,
    revision,
    type,
    data: json(data),
    metadata: json(metadata),
    position,
  }));
}
