import type { FastifyInstance, FastifyReply, RouteHandlerMethod } from 'fastify';

/**
 * The handlers that are still running, also for clients that have disconnected. A server is closed
 * once its connections are closed, but such handlers continue and need the stores.
 */
export interface RunningHandlers {
  /** Resolves when the last one has ended, or after `timeoutMs`. */
  ended(timeoutMs: number): Promise<void>;
}

/**
 * Tracks running handlers. Must be called before the routes are registered.
 *
 * Fastify runs neither `onSend` nor `onResponse` for a hijacked reply whose client leaves, nor for
 * a request that is cut before its body is complete. So the close of the response ends a request
 * too, unless its handler is still running; then the end of the handler does.
 */
export function watchHandlers(fastify: FastifyInstance): RunningHandlers {
  const underWay = new Set<FastifyReply>();
  let onLast = () => {};
  const ended = (reply: FastifyReply) => {
    if (underWay.delete(reply) && underWay.size === 0) onLast();
  };
  /** The handler of an answered or hijacked reply has nothing left to do. */
  const endedIfSent = (reply: FastifyReply) => {
    if (reply.sent) ended(reply);
  };

  fastify.addHook('onRequest', (request, reply, done) => {
    underWay.add(reply);
    reply.raw.once('close', () => {
      if (reply.sent || !request.raw.complete) ended(reply);
    });
    done();
  });
  // Answered by the handler or by a hook that refused the request. Whether the answer arrives does
  // not matter.
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    ended(reply);
    done(null, payload);
  });
  // If the reply is hijacked late, the client may have disconnected: `close` was already emitted.
  fastify.addHook('onRoute', (route) => {
    const handle = route.handler;
    route.handler = function handleAndForget(this: FastifyInstance, request, reply) {
      const result: unknown = handle.call(this, request, reply);
      const onEnd = () => endedIfSent(reply);
      if (result instanceof Promise) result.then(onEnd, onEnd);
      return result;
    } satisfies RouteHandlerMethod;
  });

  return {
    ended: (timeoutMs) =>
      new Promise((resolve) => {
        if (underWay.size === 0) return resolve();
        const late = setTimeout(resolve, timeoutMs);
        onLast = () => {
          clearTimeout(late);
          resolve();
        };
      }),
  };
}
