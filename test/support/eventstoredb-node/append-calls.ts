import { Metadata, status, type handleUnaryCall } from '@grpc/grpc-js';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { sizeOnDisk, type AppendOutcome, type Expectation, type ProposedEvent } from './log.js';
import {
  MAX_APPEND_SIZE_BYTES,
  appendAnswer,
  batchAppendAnswer,
  parseUuid,
  streamName,
  type BatchAppendOptions,
  type Refusal,
  type Uuid,
} from './messages.js';
import type { NodeState } from './node-state.js';

type ProposedMessage =
  | InstanceType<typeof streams.BatchAppendReq.ProposedMessage>
  | InstanceType<typeof streams.AppendReq.ProposedMessage>;

interface PendingAppend {
  stream: string;
  expected: Expectation;
  events: ProposedEvent[];
  size: number;
}

type BatchAppendCall = Parameters<IStreamsServer['batchAppend']>[0];

/** The calls that write. Every one of them goes through `commit`, where the faults are. */
export function appendCalls(
  state: NodeState,
): Pick<IStreamsServer, 'append' | 'batchAppend' | 'delete' | 'tombstone'> {
  return {
    batchAppend: (call) => {
      const refusal = refusalOf(state);
      if (refusal) return void call.emit('error', refusal);
      new AppendStream(state, call).open();
    },
    append: append(state),
    delete: removal(state, 'deleteStream', (position) => {
      const answer = new streams.DeleteResp.Position();
      return new streams.DeleteResp().setPosition(
        answer.setCommitPosition(position).setPreparePosition(position),
      );
    }),
    tombstone: removal(state, 'tombstone', (position) => {
      const answer = new streams.TombstoneResp.Position();
      return new streams.TombstoneResp().setPosition(
        answer.setCommitPosition(position).setPreparePosition(position),
      );
    }),
  };
}

/** The appends that a client sends down one call, several at a time. */
class AppendStream {
  private readonly pending = new Map<string, PendingAppend>();
  private isOpen = true;
  /** With it the test can end the stream. */
  private readonly handle = { end: () => ((this.isOpen = false), this.call.end()) };

  constructor(
    private readonly state: NodeState,
    private readonly call: BatchAppendCall,
  ) {}

  open(): void {
    const { state, call } = this;
    const ended = () => ((this.isOpen = false), state.appendStreams.delete(this.handle));
    state.appendStreams.add(this.handle);
    call.on('cancelled', ended);
    call.on('error', ended);
    call.on('end', () => (ended(), call.end()));
    call.on('data', (request) => this.receive(request));
  }

  private receive(request: InstanceType<typeof streams.BatchAppendReq>): void {
    const { state, pending } = this;
    const correlationId = request.getCorrelationId()!;
    const key = parseUuid(correlationId);
    const options = request.getOptions();
    // The server throws it, which ends the stream with all that is under way in it.
    if (state.leader !== undefined) return void this.call.emit('error', notLeader(state.leader));
    if (options) {
      const started = begin(options);
      if (deadlineHasPassed(state, options)) return this.answer(correlationId, started, 'timeout');
      pending.set(key, started);
    }
    const append = pending.get(key);
    if (!append) return;
    for (const message of request.getProposedMessagesList()) add(append, message);
    if (append.size > MAX_APPEND_SIZE_BYTES) {
      pending.delete(key);
      return this.answer(correlationId, append, 'too-large');
    }
    if (!request.getIsFinal()) return;
    pending.delete(key);
    void commit(state, this.call.getPeer(), append).then((outcome) => {
      if (outcome) this.answer(correlationId, append, outcome);
    });
  }

  private answer(correlationId: Uuid, { stream, expected }: PendingAppend, outcome: Refusal): void {
    if (this.isOpen) this.call.write(batchAppendAnswer(correlationId, stream, expected, outcome));
  }
}

const append =
  (state: NodeState): IStreamsServer['append'] =>
  (call, callback) => {
    const refusal = refusalOf(state);
    if (refusal) return callback(refusal);
    let pending: PendingAppend | undefined;
    let tooLarge = false;
    call.on('data', (request) => {
      const options = request.getOptions();
      if (options) pending = begin(options);
      const message = request.getProposedMessage();
      if (pending && message) add(pending, message);
      tooLarge ||= pending !== undefined && pending.size > MAX_APPEND_SIZE_BYTES;
    });
    call.on('end', () => {
      if (!pending) return callback({ code: status.INVALID_ARGUMENT, details: 'no options' });
      if (tooLarge) return callback(maximumAppendSizeExceeded());
      const { stream, expected } = pending;
      state.counts.plainAppends++;
      void commit(state, call.getPeer(), pending).then((outcome) => {
        if (outcome?.kind === 'deleted') callback(streamDeletedStatus(stream));
        else if (outcome) callback(null, appendAnswer(expected, outcome));
      });
    });
  };

/**
 * Resolves to undefined when the caller gets no answer. A commit goes on even when its caller has
 * gone.
 */
async function commit(
  { log, counts, appendFaults, dropConnection }: NodeState,
  peer: string,
  { stream, expected, events }: PendingAppend,
): Promise<AppendOutcome | undefined> {
  counts.received++;
  const fault = appendFaults.shift();
  if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
  if (fault?.kind === 'drop-before-commit') {
    dropConnection(peer);
    return undefined;
  }
  const outcome = log.append(stream, expected, events);
  if (outcome.kind === 'appended') counts.appends++;
  if (outcome.kind === 'repeated') counts.repeats++;
  if (outcome.kind === 'wrong-revision') counts.conflicts++;
  if (fault?.kind === 'drop-after-commit') dropConnection(peer);
  return fault && fault.kind !== 'delay' ? undefined : outcome;
}

function begin(
  options: BatchAppendOptions | InstanceType<typeof streams.AppendReq.Options>,
): PendingAppend {
  return {
    stream: streamName(options.getStreamIdentifier()),
    expected: expectation(options),
    events: [],
    size: 0,
  };
}

function add(append: PendingAppend, message: ProposedMessage): void {
  const event: ProposedEvent = {
    id: parseUuid(message.getId()!),
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
  append.events.push(event);
  append.size += sizeOnDisk(event);
}

function expectation(
  options:
    | BatchAppendOptions
    | InstanceType<typeof streams.AppendReq.Options>
    | InstanceType<typeof streams.DeleteReq.Options>,
): Expectation {
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasAny()) return 'any';
  if (options.hasStreamExists()) return 'stream-exists';
  return BigInt(
    'getStreamPosition' in options ? options.getStreamPosition() : options.getRevision(),
  );
}

/** The server holds the client's deadline against its own clock. */
function deadlineHasPassed({ clockAheadMs }: NodeState, options: BatchAppendOptions): boolean {
  const deadline = options.getDeadline();
  return deadline !== undefined && deadline.toDate().getTime() <= Date.now() + clockAheadMs;
}

function removal<Request extends RemovalRequest, Response>(
  state: NodeState,
  how: 'deleteStream' | 'tombstone',
  success: (position: string) => Response,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const refusal = refusalOf(state);
    if (refusal) return callback(refusal);
    const options = call.request.getOptions()!;
    const stream = streamName(options.getStreamIdentifier());
    const expected = expectation(options);
    const outcome = state.log[how](stream, expected);
    if (outcome.kind === 'deleted') return callback(streamDeletedStatus(stream));
    if (outcome.kind === 'wrong-revision') {
      const actual = outcome.current ?? -1n;
      return callback(
        failure(status.FAILED_PRECONDITION, 'wrong-expected-version', {
          'stream-name': stream,
          'expected-version': String(typeof expected === 'bigint' ? expected : -1n),
          'actual-version': String(actual),
        }),
      );
    }
    callback(null, success(outcome.position.toString()));
  };
}

interface RemovalRequest {
  getOptions(): InstanceType<typeof streams.DeleteReq.Options> | undefined;
}

/** Only for the leader, which is named. */
export const notLeader = (leader: number) =>
  failure(status.NOT_FOUND, 'not-leader', {
    'leader-endpoint-host': '127.0.0.1',
    'leader-endpoint-port': String(leader),
  });

/** Reason for which a node answers no call of this kind at the moment. */
export function refusalOf(state: NodeState, wantsAll = false) {
  if (state.refusing) {
    state.counts.refused++;
    return notReady;
  }
  if (state.denial === 'unauthenticated') return unauthenticated;
  return state.denial && wantsAll ? accessDenied() : undefined;
}

const unauthenticated = { code: status.UNAUTHENTICATED, details: 'Bad HTTP status code: 401' };

const accessDenied = () => ({
  ...failure(status.PERMISSION_DENIED, 'access-denied', {}),
  details: 'Access Denied',
});

export const notReady = { code: status.UNAVAILABLE, details: 'Server Is Not Ready' };

export const streamDeletedStatus = (stream: string) =>
  failure(status.FAILED_PRECONDITION, 'stream-deleted', { 'stream-name': stream });

const maximumAppendSizeExceeded = () =>
  failure(status.INVALID_ARGUMENT, 'maximum-append-size-exceeded', {
    'maximum-append-size': String(MAX_APPEND_SIZE_BYTES),
  });

/** The server names its exceptions in the trailers, and the client goes by those names. */
function failure(code: status, exception: string, trailers: Record<string, string>) {
  const metadata = new Metadata();
  metadata.set('exception', exception);
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return { code, details: exception, metadata };
}
