/**
 * Loaded into a Boxoffice before it starts (`--expose-gc --import`): answers each message `memory`
 * of the parent with the heap that is used after a garbage collection, and with how many requests,
 * responses and sockets have not been collected.
 */
import { subscribe } from 'node:diagnostics_channel';
import { setImmediate } from 'node:timers/promises';

const alive = { requests: 0, responses: 0, sockets: 0 };
const registry = new FinalizationRegistry((kind) => alive[kind]--);
const known = new WeakSet();

function watch(kind, object) {
  if (known.has(object)) return;
  known.add(object);
  alive[kind]++;
  registry.register(object, kind);
}

subscribe('http.server.request.start', ({ request, response, socket }) => {
  watch('requests', request);
  watch('responses', response);
  watch('sockets', socket);
});

/** One collection clears weak references, the next one frees their targets. */
const COLLECTIONS = 4;

process.on('message', async (message) => {
  if (message !== 'memory') return;
  for (let collection = 0; collection < COLLECTIONS; collection++) {
    globalThis.gc();
    await setImmediate();
  }
  process.send({ heapUsed: process.memoryUsage().heapUsed, alive });
});
