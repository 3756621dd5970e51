import type { MessageReader } from './protobuf.js';

/** A server sends an id as text, or as two signed 64-bit integers. */
export function readUuid(reader: MessageReader): string {
  let text = '';
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) text = readStructured(reader.message());
    else if (field === 2) text = reader.text();
    else reader.skip();
  }
  return text;
}

function readStructured(reader: MessageReader): string {
  const halves = [0n, 0n];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1 || field === 2) halves[field - 1] = reader.uint64();
    else reader.skip();
  }
  const digits = halves.map((half) => half.toString(16).padStart(16, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
