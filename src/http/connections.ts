import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** While the server closes, connections that have become idle are closed this often. Milliseconds. */
const SWEEP_MS = 50;
/** Requests under way when the server begins to close may take this long. Milliseconds. */
const DRAIN_MS = 15_000;

/**
 * Node closes the connections that are idle at the moment when the server begins to close, and no others: not those
 * whose request ends a little later, nor those on which a browser has sent nothing yet. Each would keep the process.
 */
export function closeConnectionsAtTheEnd(fastify: FastifyInstance): void {
  const { server } = fastify;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  fastify.addHook('preClose', (done) => {
    const sweep = setInterval(() => {
      server.closeIdleConnections();
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    }, SWEEP_MS);
    const drain = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.once('close', () => {
      clearInterval(sweep);
      clearTimeout(drain);
    });
    done();
  });
}
