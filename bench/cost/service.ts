import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { driverOf, type Checkout, type Driver } from './checkout.js';
import { track } from './children.js';

/** A process whose CPU is measured, with all its descendants. */
export interface Measured {
  readonly pid: number;
  stop(): Promise<void>;
}

export interface Service extends Measured {
  readonly url: string;
}

/** Where the processes of a run keep their data, and the key of their tokens. */
export interface Home {
  readonly directory: string;
  readonly secret: string;
}

export interface EngineResult {
  readonly commandsPerSecond: number;
  readonly sales: number;
}

export interface Engine extends Measured {
  /** `measure` is called before the first sale; its work isn't part of the run. */
  run(callers: number, seconds: number, measure: () => Promise<void>): Promise<EngineResult>;
}

const START_MS = 120_000;
const POLL_MS = 100;
/** As in the script `start` of package.json. */
const EXEC_ARGV = ['--max-semi-space-size=64'];

/**
 * Starts a checkout's service by its own script `start`, as a user does, with the embedded Postgres
 * in a directory of its own: protection on, mail off, unless `changes` has other settings.
 */
export async function startService(
  checkout: Checkout,
  home: Home,
  changes: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const port = await freePort();
  const { settings, remove } = await settingsIn(home, port, changes);
  const { scripts } = JSON.parse(await readFile(join(checkout.path, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  // The script replaces the shell by the service, so that signals reach it.
  const child = spawn('sh', ['-c', scripts.start], { cwd: checkout.path, env: settings });
  track(child);
  const printed = printedBy(child);
  const url = `http://127.0.0.1:${port}`;
  for (const until = performance.now() + START_MS; !(await isReady(url)); await pause(POLL_MS)) {
    if (child.exitCode === null && performance.now() < until) continue;
    await end(child);
    throw new Error(`The service of ${checkout.commit} did not start:\n${printed()}`);
  }
  const stop = async () => {
    await end(child);
    await remove();
  };
  return { url, pid: child.pid!, stop };
}

/** Starts a checkout's command bus, writer and projections in a process without load over HTTP. */
export async function startEngine(checkout: Checkout, home: Home): Promise<Engine> {
  const { child, message, remove } = await startDriver('engine', checkout, home);
  return {
    pid: child.pid!,
    run: async (callers, seconds, measure) => {
      child.send({ callers, seconds });
      await message();
      await measure();
      child.send('go');
      return (await message()) as EngineResult;
    },
    stop: async () => {
      if (child.connected) {
        const ended = once(child, 'exit');
        child.send('end');
        await ended;
      }
      await remove();
    },
  };
}

/** Starts a checkout's service with a route that does nothing, `POST /v1/events/any/nothing`. */
export async function startDoNothing(checkout: Checkout, home: Home): Promise<Service> {
  const { child, message, remove } = await startDriver('doNothing', checkout, home);
  const { url } = (await message()) as { url: string };
  const stop = async () => {
    await end(child);
    await remove();
  };
  return { url, pid: child.pid!, stop };
}

/** Starts a driver of a checkout; `message` gives its next one. */
async function startDriver(driver: Driver, checkout: Checkout, home: Home) {
  const { settings, remove } = await settingsIn(home, 0);
  const child = fork(driverOf(checkout.path, driver), {
    cwd: checkout.path,
    env: settings,
    execArgv: EXEC_ARGV,
    silent: true,
  });
  track(child);
  const printed = printedBy(child);
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${driver} of ${checkout.commit} ended with ${code}:\n${printed()}`);
  });
  failed.catch(() => undefined);
  const message = async () =>
    ((await Promise.race([once(child, 'message'), failed])) as unknown[])[0];
  return { child, message, remove };
}

async function settingsIn(
  { directory, secret }: Home,
  port: number,
  changes: Readonly<Record<string, string>> = {},
) {
  const dataDirectory = await mkdtemp(join(directory, 'data-'));
  // Private by default; started by root, Postgres runs as another account that has to enter.
  await chmod(dataDirectory, 0o755);
  const { PATH = '', HOME = '' } = process.env;
  const settings = {
    PATH,
    HOME,
    PORT: String(port),
    DATA_DIR: dataDirectory,
    JWT_SECRET: secret,
    DEV_TOKENS: 'on',
    SAMPLES: 'off',
    MAIL: 'off',
    LOG_LEVEL: 'warn',
    ...changes,
  };
  return { settings, remove: () => rm(dataDirectory, { recursive: true, force: true }) };
}

function printedBy(child: ChildProcess): () => string {
  let text = '';
  child.stdout!.on('data', (part) => (text += part));
  child.stderr!.on('data', (part) => (text += part));
  return () => text;
}

async function isReady(url: string): Promise<boolean> {
  return (await fetch(`${url}/health/ready`).catch(() => undefined))?.ok === true;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
