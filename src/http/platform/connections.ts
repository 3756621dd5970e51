import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** While the server closes, connections that have become idle are closed this often. Milliseconds. */
const SWEEP_MS = 50;
/** Of the time for the end, this is left for what comes after the last request: the feeds of the log, the stores. Seconds. */
const LEFT_SECONDS = 4;

/**
 * Node closes the connections that are idle at the moment when the server begins to close, and no others: not those
 * whose request ends a little later, nor those on which a browser has sent nothing yet. Each would keep the process.
 *
 * Requests under way have the most of `shutdownSeconds`, after which the process would be ended with them.
 */
export function closeConnectionsAtTheEnd(fastify: FastifyInstance, shutdownSeconds: number): void {
  const { server } = fastify;
  const drainSeconds = Math.max(shutdownSeconds / 2, shutdownSeconds - LEFT_SECONDS);
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
    const drain = setTimeout(() => server.closeAllConnections(), drainSeconds * 1_000);
    server.once('close', () => {
      clearInterval(sweep);
      clearTimeout(drain);
    });
    done();
  });
}
