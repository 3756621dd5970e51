import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands before a service, so that a test can take it away and give it back. */
export interface TcpGate {
  readonly port: number;
  /** Cuts every connection and takes no other. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

export async function openTcpGate(host: string, port: number): Promise<TcpGate> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one
        .on('error', () => other.destroy())
        .on('close', () => sockets.delete(one) && other.destroy());
    }
  });
  const listen = (at: number) =>
    new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(at, '127.0.0.1', resolve),
    );
  await listen(0);
  const { port: own } = server.address() as AddressInfo;
  return {
    port: own,
    shut: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    open: () => listen(own),
  };
}
