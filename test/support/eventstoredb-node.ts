import { randomUUID } from 'node:crypto';
import { NodeListener } from './eventstoredb-node/listener.js';
import { serve } from './eventstoredb-node/services.js';
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
    dropConnection: (peer) => listener.dropConnection(peer),
  };
  // A fresh server has written about itself before anybody else does.
  if (!options.log && !options.records) {
    seed(state, '$$$settings', [{ type: '$metadata', data: {} }]);
    seed(state, '$stats-0', [{ type: '$statsCollected', data: {} }]);
  }

  const grpc = serve(state, version);
  const listener = new NodeListener(grpc);
  await listener.listen(options.port ?? 0);
  const { port } = listener;
  return {
    connectionString: `esdb://127.0.0.1:${port}?tls=false`,
    port,
    counts: state.counts,
    ...logAccess(state),
    ...faultControls(state),
    ...stateControls(state),
    dropConnections: () => listener.dropConnections(),
    async restore(records) {
      await listener.stop();
      state.log.truncate(records);
      await listener.listen(port);
    },
    stop: () => listener.stop(),
    start: () => listener.listen(port),
    async close() {
      if (listener.isListening) await listener.stop();
      grpc.forceShutdown();
    },
  };
}

/** Reads and changes the log without a client. */
const logAccess = (state: NodeState) => ({
  records: () => state.log.all,
  events: () => decoded(state).filter(({ stream }) => !stream.startsWith('$')),
  stream: (name: string) => decoded(state).filter(({ stream }) => stream === name),
  seed: (stream: string, events: readonly SeedEvent[]) => void seed(state, stream, events),
  size: () => state.log.all.length,
  end: () => state.log.end(),
  deleteStream: (stream: string, how?: 'tombstone') =>
    void (how ? state.log.tombstone(stream, 'any') : state.log.deleteStream(stream, 'any')),
});

/** Disturbs appends and subscriptions. */
function faultControls(state: NodeState) {
  const add = (fault: AppendFault, appends = 1) => {
    for (let i = 0; i < appends; i++) state.appendFaults.push(fault);
  };
  return {
    dropConnectionOnAppend: (when: 'before-commit' | 'after-commit', appends?: number) =>
      add({ kind: `drop-${when}` }, appends),
    delayAppends: (ms: number, appends?: number) => add({ kind: 'delay', ms }, appends),
    swallowAppendAnswers: (appends?: number) => add({ kind: 'swallow' }, appends),
    spareAppends: () => void state.appendFaults.splice(0),
    endAppendStreams: () => state.appendStreams.forEach((stream) => stream.end()),
    cutSubscriptions(how: 'unavailable' | 'gracefully' | 'connection') {
      const followers = [...state.followers];
      for (const follower of followers) {
        if (how === 'connection') state.dropConnection(follower.peer);
        else follower.end(how);
      }
      return followers.length;
    },
    openSubscriptions: () => state.followers.size,
  };
}

/** Changes how the node answers every call. */
const stateControls = (state: NodeState) => ({
  follow: (leader: EventStoreDbNode | undefined) => void (state.leader = leader?.port),
  refuseCalls: (refusing: boolean) => void (state.refusing = refusing),
  setClockAhead: (ms: number) => void (state.clockAheadMs = ms),
  stallSubscriptions: (ms: number) => void (state.stallMs = ms),
  deny: (denial: Denial | undefined) => void (state.denial = denial),
  gossip: (members: () => readonly GossipMember[]) => void (state.members = members),
});

const newCounts = (): NodeCounts => ({
  received: 0,
  appends: 0,
  repeats: 0,
  conflicts: 0,
  plainAppends: 0,
  subscriptions: 0,
  delivered: 0,
  tooSlow: 0,
  refused: 0,
});

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
