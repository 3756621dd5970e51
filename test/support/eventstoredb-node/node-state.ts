import type { EventLog } from './log.js';

/** The fault of one append that is about to be committed. */
export type AppendFault =
  | { kind: 'drop-before-commit' }
  | { kind: 'drop-after-commit' }
  | { kind: 'swallow' }
  | { kind: 'delay'; ms: number };

/** A subscription that is being served. */
export interface Follower {
  readonly peer: string;
  /** Ends the call: with a status, or as if the server had nothing more to say. */
  end(how: 'unavailable' | 'gracefully' | 'too-slow'): void;
}

export interface NodeCounts {
  /** Appends that have arrived, whatever became of them. */
  received: number;
  /** Appends that wrote something. */
  appends: number;
  /** Appends answered from what an earlier try had written. */
  repeats: number;
  /** Appends refused because the stream stood at another revision. */
  conflicts: number;
  /** Appends that came one call each, not down a batch stream. */
  plainAppends: number;
  /** Subscriptions opened so far. */
  subscriptions: number;
  /** Domain events written to subscriptions. */
  delivered: number;
  /** Subscriptions ended because more live domain events waited than the server keeps. */
  tooSlow: number;
  /** Calls answered with UNAVAILABLE because the node refuses calls. */
  refused: number;
}

export type Denial = 'permission-denied' | 'unauthenticated';

export interface GossipMember {
  readonly port: number;
  /** A node that takes part in an election is in state `unknown`. */
  readonly state: 'leader' | 'follower' | 'unknown';
  readonly isAlive: boolean;
}

/** State that the calls of one node share. */
export interface NodeState {
  readonly log: EventLog;
  readonly counts: NodeCounts;
  readonly followers: Set<Follower>;
  /** Append streams that are open: each can be ended as a server that goes away politely does. */
  readonly appendStreams: Set<{ end(): void }>;
  /** One for each append to come, first come first served; none: all is well. */
  readonly appendFaults: AppendFault[];
  /**
   * Port of the node that leads; none when it is this one. A follower serves reads from its own
   * log, which may lag.
   */
  leader: number | undefined;
  /** Answers every new call with UNAVAILABLE. */
  refusing: boolean;
  /** How far the node's clock is ahead. Milliseconds. */
  clockAheadMs: number;
  /** Refuses the account of every caller: its reads of `$all`, or each of its calls. */
  denial: Denial | undefined;
  /**
   * Silence after every tenth domain event that a subscription gets, as on a busy machine.
   * Milliseconds.
   */
  stallMs: number;
  /** Nodes of the cluster as this node's gossip names them. */
  members: () => readonly GossipMember[];
  dropConnection(peer: string): void;
}
