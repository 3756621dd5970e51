import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { mint, type EventStoreName } from '../app.js';
import { freshDatabase } from './database.js';
import { openEventStoreDbServer } from '../eventstoredb/eventstoredb-server.js';

/** The built product in a process of its own, as `npm start` runs it. */
export interface BoxofficeProcess {
  readonly url: string;
  /** After a garbage collection. Only of a process that was started with `MEMORY_PROBE`. */
  memory(): Promise<Memory>;
  /** As when the power goes: nothing is ended in order. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface Memory {
  /** Bytes. */
  readonly heapUsed: number;
  /** Requests, responses and sockets that were not garbage-collected. */
  readonly alive: Readonly<Record<string, number>>;
}

/** Node options for a process that reports its memory. */
export const MEMORY_PROBE = [
  '--expose-gc',
  '--import',
  resolve('test/support/crowd/memory-probe.js'),
];

/** Tests and proofs are run from the root of the project. */
const MAIN = resolve('dist/main.js');

/** @param execArgv of Node; figures are taken with those of `npm start` */
export async function startProcess(
  settings: Readonly<Record<string, string>>,
  execArgv: readonly string[] = [],
): Promise<BoxofficeProcess> {
  const { PATH = '', HOME = '' } = process.env;
  const child = fork(MAIN, {
    env: {
      PATH,
      HOME,
      PORT: '0',
      SAMPLES: 'off',
      DEV_TOKENS: 'on',
      LOG_LEVEL: 'error',
      ...settings,
    },
    execArgv: [...execArgv],
    silent: true,
  });
  let said = '';
  child.stdout!.on('data', (text) => (said += text));
  child.stderr!.on('data', (text) => (said += text));
  const url = await new Promise<string>((resolve, refuse) => {
    child.once('message', (message) => resolve((message as { url: string }).url));
    child.once('exit', (code) =>
      refuse(new Error(`Boxoffice ended with ${code} before it served:\n${said}`)),
    );
  });
  const memory = () => {
    child.send('memory');
    return new Promise<Memory>((resolve) =>
      child.once('message', (message) => resolve(message as Memory)),
    );
  };
  return { url, memory, kill: () => end(child, 'SIGKILL'), stop: () => end(child, 'SIGTERM') };
}

/** A process over a fresh database and either event store, and tokens for it. */
export interface StoreProcess {
  readonly url: string;
  token(sub: string, ...roles: string[]): Promise<string>;
  close(): Promise<void>;
}

export async function startProcessOver(eventStore: EventStoreName): Promise<StoreProcess> {
  const directory = await mkdtemp(join(tmpdir(), `boxoffice-${eventStore}-`));
  const database = await freshDatabase();
  const node = eventStore === 'eventstoredb' ? await openEventStoreDbServer() : undefined;
  const secret = randomBytes(32).toString('hex');
  const boxoffice = await startProcess({
    DATA_DIR: directory,
    DATABASE_URL: database.url,
    JWT_SECRET: secret,
    ...(node && { EVENTSTORE_URL: node.connectionString }),
  });
  return {
    url: boxoffice.url,
    token: (sub, ...roles) => mint(secret, sub, roles),
    close: async () => {
      await boxoffice.stop();
      await node?.close();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}
