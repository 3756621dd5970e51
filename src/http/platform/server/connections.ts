import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Interval at which idle connections are closed while the server closes. Milliseconds. */
const SWEEP_MS = 50;
/**
 * Part of the shutdown time that is left for closing subscriptions and stores after the last
 * request. Seconds.
 */
const RESERVED_SECONDS = 4;

/**
 * Closes connections while the server shuts down. Node closes only those that are idle when the
 * shutdown begins: not those whose request ends later, nor those on which a browser has sent
 * nothing yet. Each of them would keep the process alive.
 *
 * Requests in progress have most of `shutdownSeconds`; then their connections are closed too.
 */
export function closeConnectionsOnShutdown(
  fastify: FastifyInstance,
  shutdownSeconds: number,
): void {
  const { server } = fastify;
  const drainSeconds = Math.max(shutdownSeconds / 2, shutdownSeconds - RESERVED_SECONDS);
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
