import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { status, type ServerWritableStream } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { notLeader, notReady, refusalOf, streamDeletedStatus } from './append-calls.js';
import type { LoggedEvent } from './log.js';
import {
  caughtUpMessage,
  checkpointMessage,
  confirmation,
  eventMessage,
  streamName,
  streamNotFound,
} from './messages.js';
import type { Follower, NodeState } from './node-state.js';

type ReadRequest = InstanceType<typeof streams.ReadReq>;
type ReadOptions = InstanceType<typeof streams.ReadReq.Options>;
type FilterOptions = InstanceType<typeof streams.ReadReq.Options.FilterOptions>;
/** Answers are made by hand, so that one domain event is encoded once for all who read it. */
export type ReadCall = ServerWritableStream<ReadRequest, Buffer>;
type Matches = (event: LoggedEvent) => boolean;

const BACKWARDS = 1;
/**
 * Live domain events that the server keeps for one subscription. It ends the subscription at the
 * next one.
 */
const LIVE_BUFFER = 32;
/**
 * Bytes of one file of the log. A read from beyond the end fails inside the last file, and finds
 * nothing after it.
 */
const CHUNK_BYTES = 256n * 1024n * 1024n;

/** One call serves reads of a stream or of `$all`, either way, and subscriptions to both. */
export function readCall(state: NodeState): (call: ReadCall) => void {
  return (call) => {
    const options = call.request.getOptions()!;
    const refusal = refusalOf(state, !options.hasStream());
    if (refusal) {
      call.emit('error', refusal);
      return;
    }
    if (state.leader !== undefined && call.metadata.get('requires-leader')[0] === 'true') {
      call.emit('error', notLeader(state.leader));
      return;
    }
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
  void sendAll(state, call, found.events, (event) => eventMessage(event, structuredIds(options)));
}

/** Forwards from a position the domain event there is the first, backwards the one before it. */
function allRead(state: NodeState, call: ReadCall, options: ReadOptions): void {
  const { log } = state;
  const wanted = options.getAll()!;
  const backwards = options.getReadDirection() === BACKWARDS;
  const position = wanted.hasPosition() ? BigInt(wanted.getPosition()!.getCommitPosition()) : 0n;
  if (position > log.end() && position / CHUNK_BYTES === log.end() / CHUNK_BYTES) {
    call.emit('error', { code: status.UNKNOWN, details: 'Unexpected ReadAllResult' });
    return;
  }
  const at = wanted.hasStart() ? 0 : wanted.hasEnd() ? log.all.length : log.indexAt(position);
  const matches = matcher(options.getFilter());
  const candidates = backwards ? log.all.slice(0, at).reverse() : log.all.slice(at);
  const events = candidates.filter(matches).slice(0, Number(options.getCount()));
  void sendAll(state, call, events, (event) => eventMessage(event, structuredIds(options)));
}

function subscription(state: NodeState, call: ReadCall, options: ReadOptions): void {
  const { log, counts } = state;
  const filter = options.getFilter();
  const from = startOf(state, options);
  if (from === undefined) {
    call.emit('error', { code: status.UNKNOWN, details: 'Exception was thrown by handler.' });
    return;
  }
  const ids = structuredIds(options);
  const matches = options.hasStream() ? ofStream(options) : matcher(filter);
  const interval = filter
    ? filter.getCheckpointintervalmultiplier() * (filter.getMax() || 32)
    : Infinity;
  let considered = 0;
  let next = from;
  let live = false;

  const outlet = openOutlet(state, call, true);
  counts.subscriptions++;
  const overflow = () => {
    if (!live) return;
    for (let at = next, waiting = 0; at < log.all.length; at++) {
      if (!matches(log.all[at]!) || ++waiting <= LIVE_BUFFER) continue;
      counts.tooSlow++;
      outlet.end('too-slow');
      return;
    }
  };
  const stopWatching = log.onGrowth(overflow);
  const run = async () => {
    await outlet.send(confirmation(randomUUID()));
    while (outlet.isOpen()) {
      const event = log.all[next];
      if (event) {
        next++;
        if (matches(event)) {
          await outlet.send(eventMessage(event, ids));
          counts.delivered++;
          if (state.stallMs > 0 && counts.delivered % 10 === 0) await pause(state.stallMs);
        }
        if (++considered < interval) continue;
        considered = 0;
        await outlet.send(checkpointMessage(event.position));
      } else if (live) await outlet.wake();
      else {
        live = true;
        await outlet.send(caughtUpMessage());
      }
    }
    stopWatching();
  };
  void run();
}

/**
 * Index of the first record that a subscription gets. From beyond the end that is the next one
 * written, wherever it lies; undefined for a place where no record begins, or for a prepare
 * position beyond the end.
 */
function startOf({ log }: NodeState, options: ReadOptions): number | undefined {
  const all = options.getAll();
  if (!all) return 0;
  if (all.hasStart()) return 0;
  if (all.hasEnd()) return log.all.length;
  const position = BigInt(all.getPosition()!.getCommitPosition());
  if (position >= log.end()) return log.all.length;
  if (BigInt(all.getPosition()!.getPreparePosition()) >= log.end()) return undefined;
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

const structuredIds = (options: ReadOptions): boolean =>
  options.getUuidOption()?.hasStructured() ?? false;

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

const tooSlow = {
  code: status.ABORTED,
  details: 'Consumer too slow to handle event while live',
};

interface Outlet extends Follower {
  isOpen(): boolean;
  /** Waits for room, or for the end of the call. */
  send(message: Buffer): Promise<void>;
  /** Resolves when the log grows, when there is room again, or when the call ends. */
  wake(): Promise<void>;
}

function openOutlet(
  { log, followers }: NodeState,
  call: ReadCall,
  isSubscription: boolean,
): Outlet {
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
      else call.emit('error', how === 'too-slow' ? tooSlow : notReady);
    },
  };
  const stopListening = log.onGrowth(notify);
  if (isSubscription) followers.add(outlet);
  call.on('drain', notify);
  call.on('cancelled', close);
  call.on('error', close);
  return outlet;
}
