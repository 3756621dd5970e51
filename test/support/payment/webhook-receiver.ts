import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../../src/adapters/system/clock.js';
import type { NoticeHeaders } from '../../../src/ports/payment/payment-gateway.js';

export interface ReceivedWebhook {
  readonly body: Buffer;
  readonly headers: NoticeHeaders;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Takes webhooks over HTTP, and answers as it is told to. */
export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly ReceivedWebhook[];
  /** Type of each webhook, oldest first. */
  types(): string[];
  /** The next ones are answered so. */
  answerNext(...how: (number | 'drop' | 'silence')[]): void;
  /** Resolves when so many have come; fails when they do not come. */
  until(count: number): Promise<readonly ReceivedWebhook[]>;
  close(): Promise<void>;
}

const LONGEST_WAIT_MS = 10_000;

export async function openWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  const answers: (number | 'drop' | 'silence')[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ body: Buffer.concat(chunks), headers: request.headers, at: Date.now() });
      const how = answers.shift() ?? 200;
      if (how === 'drop') request.socket.destroy();
      else if (how !== 'silence') response.writeHead(how).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    received,
    types: () => received.map(({ body }) => (JSON.parse(body.toString()) as { type: string }).type),
    answerNext: (...how) => void answers.push(...how),
    async until(count) {
      const deadline = Date.now() + LONGEST_WAIT_MS;
      while (received.length < count) {
        if (Date.now() > deadline)
          throw new Error(`${received.length} webhooks came, not ${count}`);
        await systemClock.sleep(5);
      }
      return received;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
