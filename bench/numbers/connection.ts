import { once } from 'node:events';
import { connect } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A connection that asks one thing after the other. */
export interface Connection {
  ask(request: string): Promise<Answer>;
  close(): void;
}

const HEAD_END = '\r\n\r\n';

/**
 * No more of HTTP than the figure needs: a client that does all of it takes as much of the machine
 * as the node that is measured. Answers have to come with a `Content-Length`.
 */
export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setNoDelay(true).setEncoding('latin1');
  await once(socket, 'connect');
  let received = '';
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
  socket.on('data', (text: string) => {
    received += text;
    const headEnd = received.indexOf(HEAD_END);
    if (headEnd < 0 || !waiting) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(received.slice(0, headEnd))?.[1]);
    const end = headEnd + HEAD_END.length + length;
    if (received.length < end) return;
    const answer = {
      status: Number(received.slice(9, 12)),
      body: received.slice(end - length, end),
    };
    received = received.slice(end);
    const { resolve } = waiting;
    waiting = undefined;
    resolve(answer);
  });
  const lost = (error?: Error) => waiting?.reject(error ?? new Error('The connection was closed.'));
  socket.on('error', lost);
  socket.on('close', () => lost());
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => void socket.destroy(),
  };
}
