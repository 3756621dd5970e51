/**
 * The part of the protobuf wire format that the calls of EventStoreDB need. The vendor's client
 * decodes with google-protobuf, which costs four fifths of reading a domain event.
 */

/** A message: pairs of a field's number, up to 15, and value; undefined leaves the field out. */
export type Fields = readonly (readonly [number, FieldValue])[];
/** A text, bytes, an unsigned integer, a message, or nothing. */
export type FieldValue = string | Uint8Array | number | bigint | boolean | Fields | undefined;

/** Number and wire type of a field whose number is at most 15. */
const KEY_BYTES = 1;
const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** Sizes are computed first, so that the whole message is written into one buffer. */
export function encodeMessage(fields: Fields): Buffer {
  const buffer = Buffer.allocUnsafe(sizeOf(fields));
  writeFields(buffer, 0, fields);
  return buffer;
}

type Integer = number | bigint | boolean;

const isInteger = (value: FieldValue): value is Integer =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';

function sizeOf(fields: Fields): number {
  let size = 0;
  for (const [, value] of fields) {
    if (value === undefined) continue;
    if (isInteger(value)) size += KEY_BYTES + varintSize(value);
    else {
      const length = lengthOf(value);
      size += KEY_BYTES + varintSize(length) + length;
    }
  }
  return size;
}

function lengthOf(value: string | Uint8Array | Fields): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return value instanceof Uint8Array ? value.length : sizeOf(value);
}

function varintSize(value: Integer): number {
  let size = 1;
  if (typeof value === 'bigint') for (let left = value; left > 127n; left >>= 7n) size++;
  else for (let left = Number(value); left > 127; left = Math.floor(left / 128)) size++;
  return size;
}

/** Returns the position after the last field. */
function writeFields(buffer: Buffer, start: number, fields: Fields): number {
  let at = start;
  for (const [field, value] of fields) {
    if (value === undefined) continue;
    if (isInteger(value)) {
      buffer[at++] = (field << 3) | VARINT;
      at = writeVarint(buffer, at, value);
      continue;
    }
    buffer[at++] = (field << 3) | LENGTH_DELIMITED;
    at = writeVarint(buffer, at, lengthOf(value));
    if (typeof value === 'string') at += buffer.write(value, at, 'utf8');
    else if (value instanceof Uint8Array) {
      buffer.set(value, at);
      at += value.length;
    } else at = writeFields(buffer, at, value);
  }
  return at;
}

function writeVarint(buffer: Buffer, start: number, value: Integer): number {
  let at = start;
  if (typeof value === 'bigint') {
    let left = value;
    for (; left > 127n; left >>= 7n) buffer[at++] = Number(left & 127n) | 128;
    buffer[at++] = Number(left);
    return at;
  }
  let left = Number(value);
  for (; left > 127; left = Math.floor(left / 128)) buffer[at++] = (left & 127) | 128;
  buffer[at++] = left;
  return at;
}

/**
 * Reads the fields of a message one after another: `next` moves to a field, then exactly one of the
 * other methods reads its value.
 */
export class MessageReader {
  private type = VARINT;

  constructor(
    private readonly buffer: Buffer,
    private at = 0,
    private readonly end = buffer.length,
  ) {}

  /** Returns the number of the next field; 0 after the last one. */
  next(): number {
    if (this.at >= this.end) return 0;
    const key = this.uint32();
    this.type = key & 7;
    return key >>> 3;
  }

  /** Exact up to 2^53. */
  uint32(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.buffer[this.at++];
      if (byte === undefined || this.at > this.end) throw new RangeError('The message is cut off.');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  uint64(): bigint {
    const start = this.at;
    const value = this.uint32();
    if (Number.isSafeInteger(value)) return BigInt(value);
    let exact = 0n;
    for (let at = this.at - 1; at >= start; at--)
      exact = (exact << 7n) | BigInt(this.buffer[at]! & 127);
    return exact;
  }

  text(): string {
    const [start, end] = this.range();
    return this.buffer.toString('utf8', start, end);
  }

  /** A view on the buffer of the message. */
  bytes(): Buffer {
    return this.buffer.subarray(...this.range());
  }

  message(): MessageReader {
    return new MessageReader(this.buffer, ...this.range());
  }

  skip(): void {
    if (this.type === VARINT) this.uint32();
    else if (this.type === LENGTH_DELIMITED) this.range();
    else if (this.type === FIXED_64) this.at += 8;
    else if (this.type === FIXED_32) this.at += 4;
    else throw new RangeError(`The message has a field of the unknown wire type ${this.type}.`);
  }

  private range(): [number, number] {
    const length = this.uint32();
    const start = this.at;
    this.at += length;
    if (this.at > this.end) throw new RangeError('The message is cut off.');
    return [start, this.at];
  }
}
