import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { toUuid } from './messages.js';
import type { GossipMember } from './node-state.js';

const { VNodeState } = gossip.MemberInfo;
const STATES = {
  leader: VNodeState.LEADER,
  follower: VNodeState.FOLLOWER,
  unknown: VNodeState.UNKNOWN,
};

/** The cluster as one node sees it. */
export function gossipMessage(
  members: readonly GossipMember[],
): InstanceType<typeof gossip.ClusterInfo> {
  return new gossip.ClusterInfo().setMembersList(
    members.map(({ port, state, isAlive }) =>
      new gossip.MemberInfo()
        .setInstanceId(toUuid(`00000000-0000-4000-8000-${String(port).padStart(12, '0')}`, true))
        .setTimeStamp(String(Date.now() * 10_000))
        .setState(STATES[state])
        .setIsAlive(isAlive)
        .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port)),
    ),
  );
}
