import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Message } from 'google-protobuf';
import type { AppendOutcome, Expectation, LoggedEvent } from './log.js';

/** Largest append that the server accepts by default. Bytes. */
export const MAX_APPEND_SIZE_BYTES = 1024 * 1024;

export type Uuid = InstanceType<typeof shared.UUID>;
export type BatchAppendOptions = InstanceType<typeof streams.BatchAppendReq.Options>;
type Identifier = InstanceType<typeof shared.StreamIdentifier>;

/**
 * The server takes an id as text or as two signed 64-bit halves, and answers in the form asked for.
 */
export function parseUuid(uuid: Uuid): string {
  if (!uuid.hasStructured()) return uuid.getString().toLowerCase();
  const halves = uuid.getStructured()!;
  const hex = (half: string) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0');
  const digits = hex(halves.getMostSignificantBits()) + hex(halves.getLeastSignificantBits());
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export function toUuid(id: string, structured: boolean): Uuid {
  if (!structured) return new shared.UUID().setString(id);
  const digits = id.replaceAll('-', '');
  const half = (hex: string) => BigInt.asIntN(64, BigInt(`0x${hex}`)).toString();
  return new shared.UUID().setStructured(
    new shared.UUID.Structured()
      .setMostSignificantBits(half(digits.slice(0, 16)))
      .setLeastSignificantBits(half(digits.slice(16))),
  );
}

export const streamName = (identifier: Identifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

export const streamIdentifier = (name: string): Identifier =>
  new shared.StreamIdentifier().setStreamName(new Uint8Array(Buffer.from(name, 'utf8')));

/** One domain event as the server streams it. The form with textual ids is made once and kept. */
export function eventMessage(event: LoggedEvent, structuredIds: boolean): Buffer {
  if (!structuredIds && event.encoded) return event.encoded;
  const position = event.position.toString();
  const record = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(toUuid(event.id, structuredIds))
    .setStreamIdentifier(streamIdentifier(event.stream))
    .setStreamRevision(event.revision.toString())
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  record
    .getMetadataMap()
    .set('type', event.type)
    .set('content-type', event.contentType)
    .set('created', (BigInt(event.recordedAt) * 10_000n).toString());
  const readEvent = new streams.ReadResp.ReadEvent().setEvent(record).setCommitPosition(position);
  const encoded = encode(new streams.ReadResp().setEvent(readEvent));
  if (!structuredIds) event.encoded = encoded;
  return encoded;
}

export const encode = (message: Message): Buffer => Buffer.from(message.serializeBinary());

export const confirmation = (id: string): Buffer =>
  encode(
    new streams.ReadResp().setConfirmation(
      new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id),
    ),
  );

export const caughtUpMessage = (): Buffer =>
  encode(new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()));

export const checkpointMessage = (position: bigint): Buffer =>
  encode(
    new streams.ReadResp().setCheckpoint(
      new streams.ReadResp.Checkpoint()
        .setCommitPosition(position.toString())
        .setPreparePosition(position.toString()),
    ),
  );

export const streamNotFound = (name: string): Buffer =>
  encode(
    new streams.ReadResp().setStreamNotFound(
      new streams.ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(name)),
    ),
  );

export type Refusal = 'timeout' | 'too-large' | AppendOutcome;

/** The answer to one batch append. */
export function batchAppendAnswer(
  correlationId: Uuid,
  name: string,
  expected: Expectation,
  outcome: Refusal,
): InstanceType<typeof streams.BatchAppendResp> {
  const answer = new streams.BatchAppendResp()
    .setCorrelationId(correlationId)
    .setStreamIdentifier(streamIdentifier(name));
  if (typeof outcome === 'object' && (outcome.kind === 'appended' || outcome.kind === 'repeated')) {
    const position = outcome.position.toString();
    return answer.setSuccess(
      new streams.BatchAppendResp.Success()
        .setCurrentRevision(outcome.revision.toString())
        .setPosition(
          new shared.AllStreamPosition().setCommitPosition(position).setPreparePosition(position),
        ),
    );
  }
  return answer.setError(refusalStatus(name, expected, outcome));
}

function refusalStatus(
  name: string,
  expected: Expectation,
  refusal: Refusal,
): InstanceType<typeof statusPb.Status> {
  const status = (code: number, type: string, details: Message) => {
    const packed = new anyPb.Any();
    packed.pack(details.serializeBinary(), `event_store.client.${type}`);
    return new statusPb.Status().setCode(code).setMessage(type).setDetails(packed);
  };
  if (refusal === 'timeout') return status(4, 'Timeout', new shared.Timeout());
  if (refusal === 'too-large') {
    const details = new shared.MaximumAppendSizeExceeded().setMaxappendsize(MAX_APPEND_SIZE_BYTES);
    return status(3, 'MaximumAppendSizeExceeded', details);
  }
  if (refusal.kind === 'deleted') {
    return status(
      5,
      'StreamDeleted',
      new shared.StreamDeleted().setStreamIdentifier(streamIdentifier(name)),
    );
  }
  if (refusal.kind === 'wrong-revision') {
    return status(6, 'WrongExpectedVersion', wrongExpectedVersion(expected, refusal.current));
  }
  return status(2, 'Unknown', new shared.Unknown());
}

function wrongExpectedVersion(expected: Expectation, current: bigint | undefined): Message {
  const empty = new emptyPb.Empty();
  const details = new shared.WrongExpectedVersion();
  if (current === undefined) details.setCurrentNoStream(empty);
  else details.setCurrentStreamRevision(current.toString());
  if (expected === 'no-stream') return details.setExpectedNoStream(empty);
  if (expected === 'any') return details.setExpectedAny(empty);
  if (expected === 'stream-exists') return details.setExpectedStreamExists(empty);
  return details.setExpectedStreamPosition(expected.toString());
}

/**
 * The answer to one plain append, which reports a conflict in its message and everything else as a
 * status.
 */
export function appendAnswer(
  expected: Expectation,
  outcome: AppendOutcome,
): InstanceType<typeof streams.AppendResp> {
  const answer = new streams.AppendResp();
  if (outcome.kind === 'appended' || outcome.kind === 'repeated') {
    const position = outcome.position.toString();
    return answer.setSuccess(
      new streams.AppendResp.Success()
        .setCurrentRevision(outcome.revision.toString())
        .setPosition(
          new streams.AppendResp.Position()
            .setCommitPosition(position)
            .setPreparePosition(position),
        ),
    );
  }
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  const current = outcome.kind === 'wrong-revision' ? outcome.current : undefined;
  if (current === undefined) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(current.toString());
  if (expected === 'no-stream') wrong.setExpectedNoStream(new shared.Empty());
  else if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
  else if (expected === 'stream-exists') wrong.setExpectedStreamExists(new shared.Empty());
  else wrong.setExpectedRevision(expected.toString());
  return answer.setWrongExpectedVersion(wrong);
}
