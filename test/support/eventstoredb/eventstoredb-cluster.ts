import { setTimeout as pause } from 'node:timers/promises';
import { openEventStoreDbNode, type EventStoreDbNode } from '../eventstoredb-node.js';
import { createLog } from '../eventstoredb-node/log.js';
import type { GossipMember } from '../eventstoredb-node/node-state.js';

const NODES = 3;

export interface ElectionTimes {
  /**
   * Until the others notice that the leader is gone: they follow it, and send callers to it.
   * Milliseconds.
   */
  noticeMs: number;
  /** From there to a new leader: no node is ready. Milliseconds. */
  electMs: number;
}

/** Together 2.5 s, as three nodes of 23.10.6 take. */
const ELECTION: ElectionTimes = { noticeMs: 1_000, electMs: 1_500 };

/** Three in-test nodes that share one log: the others see a write immediately. */
export interface EventStoreDbCluster {
  /** Names all nodes, so that the client asks for the leader by gossip. */
  readonly connectionString: string;
  leader(): EventStoreDbNode;
  /** Ends the leader as by a power cut, and resolves when another one leads. */
  killLeader(): Promise<void>;
  /** Nodes that have ended come back as followers. */
  revive(): Promise<void>;
  close(): Promise<void>;
}

export async function openEventStoreDbCluster(times = ELECTION): Promise<EventStoreDbCluster> {
  const log = createLog();
  const nodes: EventStoreDbNode[] = [];
  for (let at = 0; at < NODES; at++) nodes.push(await openEventStoreDbNode({ log }));
  const dead = new Set<EventStoreDbNode>();
  let leader = nodes[0]!;
  let phase: 'settled' | 'unnoticed' | 'electing' = 'settled';

  const stateOf = (node: EventStoreDbNode): GossipMember['state'] => {
    if (phase === 'electing') return 'unknown';
    return node === leader ? 'leader' : 'follower';
  };
  // A node that has just ended is alive to the others until they notice.
  const isAlive = (node: EventStoreDbNode) =>
    !dead.has(node) || (phase === 'unnoticed' && node === leader);
  const members = () =>
    nodes.map((node) => ({ port: node.port, state: stateOf(node), isAlive: isAlive(node) }));
  const followLeader = () => {
    for (const node of nodes) node.follow(node === leader ? undefined : leader);
  };

  for (const node of nodes) node.gossip(members);
  followLeader();
  return {
    connectionString: `esdb://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}?tls=false`,
    leader: () => leader,
    async killLeader() {
      dead.add(leader);
      phase = 'unnoticed';
      await leader.stop();
      await pause(times.noticeMs);
      phase = 'electing';
      for (const node of nodes) node.refuseCalls(true);
      await pause(times.electMs);
      leader = nodes.find((node) => !dead.has(node))!;
      phase = 'settled';
      followLeader();
      for (const node of nodes) node.refuseCalls(false);
    },
    async revive() {
      for (const node of dead) await node.start();
      dead.clear();
    },
    close: async () => void (await Promise.all(nodes.map((node) => node.close()))),
  };
}
