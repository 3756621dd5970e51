import { createServer, type AddressInfo, type Socket } from 'node:net';
import { ServerCredentials, type Server } from '@grpc/grpc-js';

/** The socket of a gRPC server, so that a test can cut each connection and refuse new ones. */
export class NodeListener {
  private readonly sockets = new Map<string, Socket>();
  private readonly listener;

  constructor(grpc: Server) {
    const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
    this.listener = createServer({ noDelay: true }, (socket) => {
      const peer = `${socket.remoteAddress}:${socket.remotePort}`;
      this.sockets.set(peer, socket);
      socket.on('close', () => this.sockets.delete(peer));
      socket.on('error', () => {});
      injector.injectConnection(socket);
    });
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  get isListening(): boolean {
    return this.listener.listening;
  }

  /** @param port 0 for any free one */
  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.listener.once('error', reject);
      this.listener.listen(port, '127.0.0.1', resolve);
    });
  }

  dropConnection(peer: string): void {
    this.sockets.get(peer)?.destroy();
  }

  dropConnections(): void {
    this.sockets.forEach((socket) => socket.destroy());
  }

  /** Drops every connection and takes none. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.listener.close(() => resolve());
      this.dropConnections();
    });
  }
}
