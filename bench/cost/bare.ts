import fastify from 'fastify';

/**
 * A Fastify service without hooks, for comparison: the least that a request can cost with this
 * framework.
 */
const app = fastify();
app.get('/', () => ({ status: 'ok' }));
app.post('/', (_request, reply) => reply.code(201).send({ status: 'held' }));
const url = await app.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ url });
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
