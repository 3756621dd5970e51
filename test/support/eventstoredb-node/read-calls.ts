import { randomUUID } from 'node:crypto';
import { status, type ServerWritableStream } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { notLeader, notReady, streamDeletedStatus } from './append-calls.js';
import type { LoggedEvent } from './log.js';
import { checkpointMessage, confirmation, eventMessage, streamName, streamNotFound } from './messages.js';
import type { Follower, NodeState } from './node-state.js';

type ReadRequest = InstanceType<typeof streams.ReadReq>;
type ReadOptions = InstanceType<typeof streams.ReadReq.Options>;
type FilterOptions = InstanceType<typeof streams.ReadReq.Options.FilterOptions>;
/** Answers are made by hand, so that one domain event is encoded once for all who read it. */
export type ReadCall = ServerWritableStream<ReadRequest, Buffer>;
type Matches = (event: LoggedEvent) => boolean;

const BACKWARDS = 1;

/** One call serves reads of a stream or of `$all`, either way, and subscriptions to both. */
export function readCall(state: NodeState): (call: ReadCall) => void {
  return (call) => {
    if (state.refusing) {
      call.emit('error', notReady);
      return;
    }
    if (state.leader !== undefined && call.metadata.get('requires-leader')[0] === 'true') {
      call.emit('error', notLeader(state.leader));
      return;
    }
    const options = call.request.getOptions()!;
    if (options.hasSubscription()) return subscription(state, call, options);
    if (options.hasStream()) return streamRead(state, call, options);
    return allRead(state, call, options);
  };
}

function streamRead(state: NodeState, call: ReadCall, options: ReadOptions): void {
  const wanted = options.getStream()!;
  const name = streamName(wanted.getStreamIdentifier());
  const backwards = options.getReadDirection() === BACKWARDS;
  const from = wanted.hasStart() ? 0n : wanted.hasEnd() ? 'end' : BigInt(wanted.getRevision());
  const found = state.log.read(name, from, backwards, Number(options.getCount()));
  if (found.kind === 'deleted') {
    call.emit('error', streamDeletedStatus(name));
    return;
  }
  if (found.kind === 'missing') {
    call.write(streamNotFound(name));
    call.end();
    return;
  }
  void sendAll(state, call, found.events, (event) =>
    eventMessage(event, { structuredIds: structuredIds(options), withPosition: !state.legacy }),
  );
}

/** Forwards from a position the domain event there is the first, backwards the one before it. */
function allRead(state: NodeState, call: ReadCall, options: ReadOptions): void {
  const { log } = state;
  const wanted = options.getAll()!;
  const backwards = options.getReadDirection() === BACKWARDS;
  const at = wanted.hasStart()
    ? 0
    : wanted.hasEnd()
      ? log.all.length
      : log.indexAt(BigInt(wanted.getPosition()!.getCommitPosition()));
  const matches = matcher(options.getFilter());
  const candidates = backwards ? log.all.slice(0, at).reverse() : log.all.slice(at);
  const events = candidates.filter(matches).slice(0, Number(options.getCount()));
  void sendAll(state, call, events, (event) =>
    eventMessage(event, { structuredIds: structuredIds(options), withPosition: true }),
  );
}

function subscription(state: NodeState, call: ReadCall, options: ReadOptions): void {
  const { log } = state;
  const filter = options.getFilter();
  const from = startOf(state, options);
  if (from === undefined) {
    call.emit('error', { code: status.INVALID_ARGUMENT, details: 'Invalid position' });
    return;
  }
  const ids = structuredIds(options);
  const matches = options.hasStream() ? ofStream(options) : matcher(filter);
  const interval = filter ? filter.getCheckpointintervalmultiplier() * (filter.getMax() || 32) : Infinity;
  let considered = 0;
  let next = from;

  const outlet = openOutlet(state, call, true);
  state.counts.subscriptions++;
  const run = async () => {
    await outlet.send(confirmation(randomUUID()));
    while (outlet.isOpen()) {
      const event = log.all[next];
      if (!event) {
        await outlet.wake();
        continue;
      }
      next++;
      if (matches(event)) {
        if (state.earlyCheckpoints && filter) await outlet.send(checkpointMessage(event.position));
        await outlet.send(eventMessage(event, { structuredIds: ids, withPosition: true }));
        state.counts.delivered++;
      }
      if (++considered < interval) continue;
      considered = 0;
      await outlet.send(checkpointMessage(event.position));
    }
  };
  void run();
}

/** Index of the first domain event after the wanted place; none for a position where no record begins. */
function startOf({ log }: NodeState, options: ReadOptions): number | undefined {
  const all = options.getAll();
  if (!all) return 0;
  if (all.hasStart()) return 0;
  if (all.hasEnd()) return log.all.length;
  const position = BigInt(all.getPosition()!.getCommitPosition());
  const index = log.indexAt(position);
  return log.all[index]?.position === position ? index + 1 : undefined;
}

function ofStream(options: ReadOptions): Matches {
  const wanted = options.getStream()!;
  const name = streamName(wanted.getStreamIdentifier());
  const after = wanted.hasStart() ? -1n : BigInt(wanted.getRevision());
  return (event) => event.stream === name && event.revision > after;
}

function matcher(filter: FilterOptions | undefined): Matches {
  const expression = filter?.getStreamIdentifier() ?? filter?.getEventType();
  if (!filter || !expression) return () => true;
  const subject: (event: LoggedEvent) => string = filter.hasStreamIdentifier()
    ? (event) => event.stream
    : (event) => event.type;
  if (expression.getRegex()) {
    const regex = new RegExp(expression.getRegex());
    return (event) => regex.test(subject(event));
  }
  const prefixes = expression.getPrefixList();
  return (event) => prefixes.some((prefix) => subject(event).startsWith(prefix));
}

const structuredIds = (options: ReadOptions): boolean => options.getUuidOption()?.hasStructured() ?? false;

async function sendAll(
  state: NodeState,
  call: ReadCall,
  events: LoggedEvent[],
  toMessage: (event: LoggedEvent) => Buffer,
): Promise<void> {
  const outlet = openOutlet(state, call, false);
  for (const event of events) {
    if (!outlet.isOpen()) return;
    await outlet.send(toMessage(event));
  }
  outlet.end('gracefully');
}

interface Outlet extends Follower {
  isOpen(): boolean;
  /** Waits for room, or for the end of the call. */
  send(message: Buffer): Promise<void>;
  /** Resolves when the log grows, when there is room again, or when the call ends. */
  wake(): Promise<void>;
}

function openOutlet({ log, followers }: NodeState, call: ReadCall, isSubscription: boolean): Outlet {
  let open = true;
  let waiting: (() => void) | undefined;
  const notify = () => {
    waiting?.();
    waiting = undefined;
  };
  const close = () => {
    open = false;
    stopListening();
    followers.delete(outlet);
    notify();
  };
  const wake = () => new Promise<void>((resolve) => (waiting = resolve));
  const outlet: Outlet = {
    peer: call.getPeer(),
    isOpen: () => open,
    wake,
    async send(message) {
      if (!open) return;
      let room = call.write(message);
      while (!room && open) {
        await wake();
        room = !call.writableNeedDrain;
      }
    },
    end(how) {
      if (!open) return;
      close();
      if (how === 'gracefully') call.end();
      else call.emit('error', notReady);
    },
  };
  const stopListening = log.onGrowth(notify);
  if (isSubscription) followers.add(outlet);
  call.on('drain', notify);
  call.on('cancelled', close);
  call.on('error', close);
  return outlet;
}
