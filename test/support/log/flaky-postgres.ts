import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type AppendFault =
  | { readonly kind: 'drop-before-commit' }
  | { readonly kind: 'drop-after-commit' }
  /** It is written and never answered. */
  | { readonly kind: 'swallow' }
  /** It is written so much later, even if the caller has gone. */
  | { readonly kind: 'delay'; readonly ms: number };

/** A way to a Postgres that can be disturbed where the event store appends. */
export interface FlakyPostgres {
  readonly url: string;
  /** Outcomes of the next appends, in order; later appends succeed. */
  disturb(fault: AppendFault, appends?: number): void;
  /** Nothing more befalls the appends to come. */
  calm(): void;
  /** While true every connection is cut. */
  cut(cutting: boolean): void;
  /**
   * While true nothing comes back, on old connections and new ones: as of a host that has vanished
   * without a word.
   */
  mute(muting: boolean): void;
  close(): Promise<void>;
}

/**
 * In what the client sends to run its prepared statements for one append, and for a group of them.
 */
const APPEND = Buffer.from('\0append');

export async function openFlakyPostgres(databaseUrl: string): Promise<FlakyPostgres> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let faults: AppendFault[] = [];
  let cutting = false;
  let muting = false;

  const relay = (client: Socket) => {
    const server = connect(Number(target.port), target.hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    let onAnswer: (answer: Buffer) => void = (answer) => client.write(answer);
    let detached = false;
    server.on('data', (answer: Buffer) => muting || onAnswer(answer));
    server.on('close', () => client.destroy());
    client.on('close', () => {
      if (!detached) server.destroy();
    });
    client.on('data', (request: Buffer) => {
      const fault = request.includes(APPEND) ? faults.shift() : undefined;
      if (fault?.kind === 'drop-before-commit') return client.destroy();
      if (fault?.kind === 'delay') {
        detached = true;
        return setTimeout(() => server.write(request), fault.ms);
      }
      // The server answers once it has committed.
      if (fault?.kind === 'drop-after-commit') onAnswer = () => client.destroy();
      if (fault?.kind === 'swallow') onAnswer = () => {};
      return server.write(request);
    });
  };
  const listener = createServer((socket) => (cutting ? socket.destroy() : relay(socket)));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((listener.address() as AddressInfo).port);

  const drop = () => sockets.forEach((socket) => socket.destroy());
  return {
    url: url.href,
    disturb: (fault, appends = 1) => {
      faults = faults.concat(Array.from({ length: appends }, () => fault));
    },
    calm: () => {
      faults = [];
    },
    cut: (on) => {
      cutting = on;
      if (on) drop();
    },
    mute: (on) => {
      muting = on;
    },
    close: () =>
      new Promise((resolve) => {
        drop();
        listener.close(() => resolve());
      }),
  };
}
