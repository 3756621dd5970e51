/**
 * The in-test node as a process of its own, on the port in EVENTSTORE_PORT: what
 * TEST_EVENTSTORE_COMMAND may start.
 */
import { openEventStoreDbNode } from '../eventstoredb-node.js';

const node = await openEventStoreDbNode({ port: Number(process.env.EVENTSTORE_PORT ?? 2113) });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void node.close());
