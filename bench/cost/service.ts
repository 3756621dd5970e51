import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { driverOf, type Checkout, type Driver } from './checkout.js';
import { track } from './children.js';
import type { Counts } from './counts.js';
import type { Pids } from './cpu.js';
import { startDatabase } from './database.js';
import { startEventStore, type EventStoreName } from './event-store.js';
import { end, messagesOf, printedBy, untilReady } from './processes.js';
import { freePort } from '../../test/support/services/free-port.js';
import { startProvider } from './provider.js';

/** Processes whose CPU is measured, with all their descendants. */
export interface Measured extends Pids {
  /** Writes of the service so far, where its database counts them. */
  counts?(): Promise<Counts>;
  stop(): Promise<void>;
}

export interface Service extends Measured {
  readonly url: string;
}

/** Where the processes of a run keep their data, and the key of their tokens. */
export interface Home {
  readonly directory: string;
  readonly secret: string;
  readonly eventStore: EventStoreName;
}

export interface EngineResult {
  readonly commandsPerSecond: number;
  readonly sales: number;
}

export interface Engine extends Measured {
  /** `measure` is called before the first sale; its work isn't part of the run. */
  run(callers: number, seconds: number, measure: () => Promise<void>): Promise<EngineResult>;
}

/** As in the script `start` of package.json. */
const EXEC_ARGV = ['--max-semi-space-size=64'];

/**
 * Starts a checkout's service by its own script `start`, as a user does, with the embedded Postgres
 * in a directory of its own and the payment sandbox in a process of its own: protection on, mail
 * off, unless `changes` has other settings.
 */
export async function startService(
  checkout: Checkout,
  home: Home,
  changes: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const provider = await startProvider(checkout, home, url);
  const all = { ...provider.settings, ...changes };
  const { settings, eventStore, remove } = await settingsIn(home, port, all);
  const { scripts } = JSON.parse(await readFile(join(checkout.path, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  // The script replaces the shell by the service, so that signals reach it.
  const child = spawn('sh', ['-c', scripts.start], { cwd: checkout.path, env: settings });
  track(child);
  const printed = printedBy(child);
  await untilReady(child, () => isReady(url), `The service of ${checkout.commit}`, printed);
  const stop = async () => {
    await end(child);
    await provider.stop();
    await remove();
  };
  return { url, pid: child.pid!, provider: provider.pid, eventStore, stop };
}

/** The same service, with a Postgres that counts what it does. */
export async function startCounted(checkout: Checkout, home: Home): Promise<Service> {
  const database = await startDatabase(checkout, home, home.eventStore);
  const { url, pid, counts } = database;
  const service = await startService(checkout, home, { DATABASE_URL: url });
  const stop = async () => {
    await service.stop();
    await database.stop();
  };
  return { ...service, database: pid, counts, stop };
}

/** Starts a checkout's command bus, writer and projections in a process without load over HTTP. */
export async function startEngine(checkout: Checkout, home: Home): Promise<Engine> {
  const { child, message, eventStore, remove } = await startDriver('engine', checkout, home);
  return {
    pid: child.pid!,
    eventStore,
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
  const { child, message, eventStore, remove } = await startDriver('doNothing', checkout, home);
  const { url } = (await message()) as { url: string };
  const stop = async () => {
    await end(child);
    await remove();
  };
  return { url, pid: child.pid!, eventStore, stop };
}

/** Starts a driver of a checkout; `message` gives its next one. */
async function startDriver(driver: Driver, checkout: Checkout, home: Home) {
  const { settings, eventStore, remove } = await settingsIn(home, 0);
  const child = fork(driverOf(checkout.path, driver), {
    cwd: checkout.path,
    env: settings,
    execArgv: EXEC_ARGV,
    silent: true,
  });
  track(child);
  const printed = printedBy(child);
  const message = messagesOf(child, `${driver} of ${checkout.commit}`, printed);
  return { child, message, eventStore, remove };
}

/** Starts an event store too, whose process is given back; `remove` ends it. */
async function settingsIn(
  { directory, secret, eventStore }: Home,
  port: number,
  changes: Readonly<Record<string, string>> = {},
) {
  const dataDirectory = await mkdtemp(join(directory, 'data-'));
  // Private by default; started by root, Postgres runs as another account that has to enter.
  await chmod(dataDirectory, 0o755);
  const node = await startEventStore(eventStore);
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
    ...node.settings,
    ...changes,
  };
  const remove = async () => {
    await node.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  };
  return { settings, eventStore: node.pid, remove };
}

async function isReady(url: string): Promise<boolean> {
  return (await fetch(`${url}/health/ready`).catch(() => undefined))?.ok === true;
}
