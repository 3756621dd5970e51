import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Delivered {
  readonly to: string[];
  /** As it came, headers and all. */
  readonly message: string;
}

export interface TestSmtpServer {
  readonly url: string;
  readonly delivered: readonly Delivered[];
  /** From now on, every recipient is answered with this code; undefined takes them all. */
  answer(code: number | undefined): void;
  close(): Promise<void>;
}

/** A mail server over a real socket, that keeps what it is given and refuses when it is told to. */
export async function startSmtpServer(): Promise<TestSmtpServer> {
  const delivered: Delivered[] = [];
  let refusal: number | undefined;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, callback) =>
      refusal === undefined
        ? callback()
        : callback(
            Object.assign(new Error(`no such mailbox: ${address}`), { responseCode: refusal }),
          ),
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        delivered.push({ to, message: Buffer.concat(chunks).toString() });
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    delivered,
    answer: (code) => (refusal = code),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
