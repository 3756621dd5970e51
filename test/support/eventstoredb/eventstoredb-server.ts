import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { openEventStoreDbNode, type EventStoreDbNode } from '../eventstoredb-node.js';
import { freePort } from '../services/free-port.js';
import { openTcpGate } from '../services/tcp-gate.js';

/**
 * Shell command that starts an empty EventStoreDB node without TLS, in the foreground, and ends
 * with SIGTERM. It gets its ports in `EVENTSTORE_PORT` (gRPC and HTTP) and
 * `EVENTSTORE_REPLICATION_PORT`. With it, all suites run on real nodes.
 */
const COMMAND = process.env.TEST_EVENTSTORE_COMMAND;
/** A real node is ready after 4 s on a quiet machine. Milliseconds. */
const READY_MS = 90_000;
/** For a node to end after SIGTERM. Milliseconds. */
const END_MS = 10_000;

/**
 * For tests that ask the in-test node for what a server cannot do: they are skipped, by their
 * names, on real ones.
 */
// Benchmarks load this file outside jest, where these globals do not exist.
const jestGlobals = globalThis as { it?: jest.It; describe?: jest.Describe };
export const itOnInTestNode = (COMMAND ? jestGlobals.it?.skip : jestGlobals.it) as jest.It;
export const describeOnInTestNode = (
  COMMAND ? jestGlobals.describe?.skip : jestGlobals.describe
) as jest.Describe;

/** Those of the logs that a test can put back to an earlier state, which a real node cannot. */
export const restorable = <Log extends string>(logs: readonly Log[]): readonly Log[] =>
  COMMAND ? logs.filter((log) => log !== 'eventstoredb') : logs;

/**
 * An empty EventStoreDB of a test's own: the in-test node, or a real one with
 * TEST_EVENTSTORE_COMMAND.
 */
export interface EventStoreDbServer {
  readonly connectionString: string;
  /** Undefined on a real node. */
  readonly inTest: EventStoreDbNode | undefined;
  /** All domain events in the order of the log. */
  events(): Promise<{ readonly stream: string; readonly position: bigint }[]>;
  /** While true the node cannot be reached. */
  cut(cutting: boolean): Promise<void>;
  close(): Promise<void>;
}

export const openEventStoreDbServer = (): Promise<EventStoreDbServer> =>
  COMMAND ? startRealNode(COMMAND) : inTestServer();

async function inTestServer(): Promise<EventStoreDbServer> {
  const node = await openEventStoreDbNode();
  return {
    connectionString: node.connectionString,
    inTest: node,
    events: () => Promise.resolve(node.events()),
    cut: (cutting) => {
      node.refuseCalls(cutting);
      if (cutting) node.dropConnections();
      return Promise.resolve();
    },
    close: () => node.close(),
  };
}

const NODE_PROCESS = join(import.meta.dirname, 'eventstoredb-node-process.js');

/**
 * Command that starts a node in a process of its own: a real one if it is named, else the in-test
 * node.
 */
export const nodeCommand = (): string => COMMAND ?? `exec node ${NODE_PROCESS}`;

/** A node in a process of its own. */
export interface EventStoreDbProcess {
  readonly port: number;
  readonly connectionString: string;
  close(): Promise<void>;
}

/** Runs the command on free ports and waits until the node answers. */
export async function startNodeProcess(command = nodeCommand()): Promise<EventStoreDbProcess> {
  const [port, replicationPort] = [await freePort(), await freePort()];
  const child = spawn(command, {
    shell: true,
    // A group of its own, to be ended with all that the command starts.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      EVENTSTORE_PORT: String(port),
      EVENTSTORE_REPLICATION_PORT: String(replicationPort),
    },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on(
      'data',
      (chunk: Buffer) => (output.push(chunk.toString()), output.splice(0, output.length - 50)),
    );
  try {
    await untilReady(child, port);
  } catch (error) {
    await end(child);
    throw new Error(`${(error as Error).message}\n${output.join('')}`, { cause: error });
  }
  return { port, connectionString: connectionString(port), close: () => end(child) };
}

/** A node in a process of its own behind a gate of the test. */
export async function startRealNode(command: string): Promise<EventStoreDbServer> {
  const node = await startNodeProcess(command);
  const gate = await openTcpGate('127.0.0.1', node.port);
  let isOpen = true;
  return {
    connectionString: connectionString(gate.port),
    inTest: undefined,
    events: () => readEvents(node.port),
    cut: async (cutting) => {
      if (isOpen === !cutting) return;
      isOpen = !cutting;
      await (cutting ? gate.shut() : gate.open());
    },
    close: async () => {
      if (isOpen) await gate.shut();
      await node.close();
    },
  };
}

const connectionString = (port: number): string => `esdb://127.0.0.1:${port}?tls=false`;

/** @throws when the command ends, or does not answer in time */
async function untilReady(child: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null)
      throw new Error(`TEST_EVENTSTORE_COMMAND ended with ${child.exitCode}.`);
    try {
      await readEvents(port);
      return;
    } catch {
      await pause(200);
    }
  }
  throw new Error(
    `TEST_EVENTSTORE_COMMAND did not answer on port ${port} within ${READY_MS / 1_000} s.`,
  );
}

async function readEvents(port: number): Promise<{ stream: string; position: bigint }[]> {
  const client = EventStoreDBClient.connectionString(connectionString(port));
  const events: { stream: string; position: bigint }[] = [];
  try {
    for await (const { event } of client.readAll())
      if (event && !event.streamId.startsWith('$') && !event.type.startsWith('$'))
        events.push({ stream: event.streamId, position: event.position.commit });
    return events;
  } finally {
    await client.dispose();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid!, 'SIGTERM');
  const given = new AbortController();
  const late = pause(END_MS, 'late', { signal: given.signal }).catch(() => undefined);
  if ((await Promise.race([ended, late])) === 'late') process.kill(-child.pid!, 'SIGKILL');
  given.abort();
  await ended;
}
