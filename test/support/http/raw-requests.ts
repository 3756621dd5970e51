import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';

export interface Uploaded {
  readonly status: number | undefined;
  readonly code: string;
  /** Bytes written to the socket before the answer arrived. */
  readonly sent: number;
}

/** Sends a body of a given size and reads the answer while it sends, as a browser does. */
export async function upload(
  url: string,
  headers: Record<string, string>,
  size: number,
): Promise<Uploaded> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await uploadOnce(url, headers, size);
    } catch (error) {
      // The server answered and closed the connection during a write: Node drops the answer unread.
      if (
        attempt === 5 ||
        !['EPIPE', 'ECONNRESET'].includes((error as NodeJS.ErrnoException).code ?? '')
      )
        throw error;
    }
  }
}

function uploadOnce(url: string, headers: Record<string, string>, size: number): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const chunk = Buffer.alloc(256 * 1024, 'x');
    const sending = httpRequest(url, { method: 'POST', headers, agent: false });
    let sent = 0;
    let answered = false;
    sending.on('response', async (answer) => {
      answered = true;
      let text = '';
      for await (const part of answer) text += part;
      sending.destroy();
      resolve({ status: answer.statusCode, code: JSON.parse(text).code, sent });
    });
    sending.on('error', (error) => !answered && reject(error));
    const pump = () => {
      while (!answered && sent < size) {
        sent += chunk.length;
        if (!sending.write(chunk)) return void sending.once('drain', pump);
      }
      if (!answered) sending.end();
    };
    pump();
  });
}

/** Sends a text over a socket and returns what the server sends back. */
export async function speak(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.setEncoding('utf8').write(text);
  let answer = '';
  for await (const part of socket) answer += part;
  return answer;
}
