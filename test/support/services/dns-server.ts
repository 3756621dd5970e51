import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';

const HEADER_BYTES = 12;
/** A response that is authoritative, with recursion available and no error. */
const FLAGS = 0x8580;
const TYPE_A = 1;
const CLASS_IN = 1;
/** Seconds; the resolver that asks has a limit of its own. */
const TTL_SECONDS = 1;

export interface DnsServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Every name has this IPv4 address from now on. */
  pointTo(address: string): void;
  close(): Promise<void>;
}

/** A DNS server (RFC 1035) with one A record for every name that is asked for. */
export async function startDnsServer(first: string): Promise<DnsServer> {
  let target = first;
  const socket = createSocket('udp4');
  socket.on('message', (query: Buffer, { port, address }: RemoteInfo) => {
    socket.send(answerTo(query, target), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    pointTo: (address) => void (target = address),
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function answerTo(query: Buffer, address: string): Buffer {
  let end = HEADER_BYTES;
  while (query[end] !== 0) end += query[end]! + 1;
  const type = query.readUInt16BE(end + 1);
  const question = query.subarray(HEADER_BYTES, end + 5);
  const isAnswered = type === TYPE_A;
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  header.writeUInt16BE(FLAGS, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(isAnswered ? 1 : 0, 6);
  if (!isAnswered) return Buffer.concat([header, question]);
  const record = Buffer.alloc(16);
  // A pointer to the name in the question.
  record.writeUInt16BE(0xc000 + HEADER_BYTES, 0);
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(CLASS_IN, 4);
  record.writeUInt32BE(TTL_SECONDS, 6);
  record.writeUInt16BE(4, 10);
  for (const [at, part] of address.split('.').entries()) record.writeUInt8(Number(part), 12 + at);
  return Buffer.concat([header, question, record]);
}
