import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  decodeAppendAnswer,
  encodeAppend,
  rejectionOf,
} from '../../../src/adapters/event-store/eventstoredb/wire/append-messages.js';
import {
  MessageReader,
  encodeMessage,
} from '../../../src/adapters/event-store/eventstoredb/wire/protobuf.js';
import {
  decodeReadMessage,
  encodeStreamQuery,
} from '../../../src/adapters/event-store/eventstoredb/wire/read-messages.js';
import { EventStoreUnavailable } from '../../../src/ports/event-store/event-store.js';
import { encode, streamIdentifier, toUuid } from '../../support/eventstoredb-node/messages.js';

const ID = 'f0e1d2c3-b4a5-4697-8879-0a1b2c3d4e5f';
const append = {
  stream: 'show-é',
  expected: 2n ** 60n,
  encoded: [{ id: ID, type: 'SeatsBlocked', data: '{"name":"Ž"}', metadata: '{}' }],
};

function record(contentType: string, data: string, metadata: string): Buffer {
  const message = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(toUuid(ID, true))
    .setStreamIdentifier(streamIdentifier('show-é'))
    .setStreamRevision('9223372036854775807')
    .setCommitPosition('9007199254740993')
    .setPreparePosition('127')
    .setData(Buffer.from(data))
    .setCustomMetadata(Buffer.from(metadata));
  message
    .getMetadataMap()
    .set('type', 'SeatsBlocked')
    .set('content-type', contentType)
    .set('created', '17646480001239999');
  const event = new streams.ReadResp.ReadEvent().setEvent(message).setCommitPosition('300');
  return encode(new streams.ReadResp().setEvent(event));
}

describe('a message of the server', () => {
  it('is read with exact integers, ids in two halves and text outside of ASCII', () => {
    expect(decodeReadMessage(record('application/json', '{"name":"Ž"}', '{"a":1}'))).toEqual({
      kind: 'event',
      event: {
        id: ID,
        stream: 'show-é',
        revision: 9_223_372_036_854_775_807n,
        type: 'SeatsBlocked',
        data: { name: 'Ž' },
        metadata: { a: 1 },
        recordedAt: 1_764_648_000_123,
        position: { commit: 9_007_199_254_740_993n, prepare: 127n },
      },
    });
  });

  it('keeps what is no JSON: text of the type JSON as text, anything else as bytes', () => {
    const dataOf = (contentType: string, metadata: string) => {
      const message = decodeReadMessage(record(contentType, '{"cut', metadata));
      return message.kind === 'event' ? message.event : undefined;
    };
    expect(dataOf('application/json', '')).toMatchObject({ data: '{"cut', metadata: {} });
    expect(dataOf('application/octet-stream', 'raw')).toMatchObject({
      data: Buffer.from('{"cut'),
      metadata: Buffer.from('raw'),
    });
  });

  it('may have fields of a later version', () => {
    const later = encodeMessage([
      [11, 'text'],
      [12, 2n ** 63n],
      [13, [[1, true]]],
      [14, Buffer.from('bytes')],
    ]);
    const fixed = Buffer.from([((93 << 3) & 127) | 128 | 1, 5, 1, 2, 3, 4, 5, 6, 7, 8]);
    const caughtUp = encode(new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()));
    expect(decodeReadMessage(Buffer.concat([later, fixed, caughtUp, later]))).toEqual({
      kind: 'caught-up',
    });
    expect(decodeReadMessage(later)).toEqual({ kind: 'other' });
  });

  it('is an error when it is cut off', () => {
    const whole = record('application/json', '{}', '{}');
    expect(() => decodeReadMessage(whole.subarray(0, -1))).toThrow('cut off');
    expect(() => new MessageReader(Buffer.from([128])).next()).toThrow('cut off');
  });
});

describe('a message to the server', () => {
  it('is what its own library reads', () => {
    const sent = streams.BatchAppendReq.deserializeBinary(encodeAppend(append, ID, 1_700_000_500));
    const [message] = sent.getProposedMessagesList();
    expect(sent.getCorrelationId()!.getString()).toBe(ID);
    expect(sent.getIsFinal()).toBe(true);
    expect(sent.getOptions()!.getStreamPosition()).toBe((2n ** 60n).toString());
    expect(sent.getOptions()!.getDeadline()!.getSeconds()).toBe(1_700_000);
    expect(message!.getId()!.getString()).toBe(ID);
    expect(message!.getMetadataMap().get('type')).toBe('SeatsBlocked');
    expect(Buffer.from(message!.getData_asU8()).toString('utf8')).toBe('{"name":"Ž"}');
    const query = { stream: 'show-é', from: 7n, backwards: true, maxCount: 3 };
    const options = streams.ReadReq.deserializeBinary(encodeStreamQuery(query)).getOptions()!;
    expect(options.getStream()!.getRevision()).toBe('7');
    expect(options.getCount()).toBe('3');
    expect(options.getReadDirection()).toBe(1);
  });
});

describe('the answer to an append', () => {
  it('is found by an id in either form, and has the revision', () => {
    for (const structured of [true, false]) {
      const success = new streams.BatchAppendResp.Success().setCurrentRevision('4294967296');
      const answer = new streams.BatchAppendResp()
        .setCorrelationId(toUuid(ID, structured))
        .setSuccess(success);
      expect(decodeAppendAnswer(encode(answer))).toEqual({
        correlationId: ID,
        revision: 4_294_967_296n,
        error: undefined,
      });
    }
  });

  it.each([
    ['BadRequest', 'a limit is exceeded', EventStoreUnavailable],
    ['Unknown', 'Server Is Not Ready', EventStoreUnavailable],
    ['Unknown', 'something else', undefined],
    ['Timeout', '', undefined],
  ])('%s with the message "%s" is known not to be written, or unknown', (type, message, error) => {
    const details = new anyPb.Any();
    details.pack(new shared.Unknown().serializeBinary(), `event_store.client.${type}`);
    const status = new statusPb.Status().setMessage(message).setDetails(details);
    const answer = new streams.BatchAppendResp().setCorrelationId(toUuid(ID, false));
    const { error: read } = decodeAppendAnswer(encode(answer.setError(status)));
    const rejection = rejectionOf(read!, append);
    if (error) expect(rejection).toBeInstanceOf(error);
    else expect(rejection).toBeUndefined();
  });
});
