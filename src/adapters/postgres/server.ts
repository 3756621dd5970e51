import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, realpath, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { CLEAN_ENVIRONMENT, type Account } from './account.js';
import type { Binaries } from './binaries.js';
import { SUPERUSER, openLog } from './cluster.js';
import { CLUSTER } from './home.js';
import { commandLineHolds, processIdentity, signal, waitUntil } from './processes.js';
import { POSTGRES_SETTINGS } from './settings.js';

export const HOST = '127.0.0.1';
/**
 * Milliseconds. Replaying the log after a crash may take long; a server that died is noticed at
 * once.
 */
const START_TIMEOUT_MS = 180_000;
/** Milliseconds that an orphan may take to become usable or to end before it is ended by force. */
const ORPHAN_TIMEOUT_MS = 60_000;
/** Milliseconds for a fast shutdown, then for an immediate one. */
const STOP_TIMEOUT_MS = { fast: 20_000, immediate: 5_000 };
const CONNECT_TIMEOUT_MS = 5_000;
/** Characters of the log that a failed start shows. */
const LOG_TAIL = 1_500;

export interface Server {
  pid: number;
  port: number;
}

interface PidFile {
  pid: number;
  port: number;
  ready: boolean;
}

export const urlOf = (port: number, password: string, database: string): string =>
  `postgres://${SUPERUSER}:${password}@${HOST}:${port}/${database}`;

/** Runs `use` on a connection of its own. @throws what connecting or `use` throws */
export async function withClient<T>(
  url: string,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * The server that an earlier process left running on this cluster (it was killed before it could
 * stop it), or `undefined` after clearing away what a dead one left.
 */
export async function adopt(home: string, password: string): Promise<Server | undefined> {
  const cluster = join(home, CLUSTER);
  let found: PidFile | undefined;
  const settled = await waitUntil(async () => {
    found = await readPidFile(cluster);
    if (!found) return true;
    if (!(await isOurs(found.pid, cluster))) {
      await rm(join(cluster, 'postmaster.pid'), { force: true });
      found = undefined;
      return true;
    }
    return found.ready && (await answers(found.port, password, cluster));
  }, ORPHAN_TIMEOUT_MS);
  if (settled) return found && { pid: found.pid, port: found.port };
  if (found) await stop(found.pid);
  return undefined;
}

/** Ends the server that still runs on the cluster in `home`, if any. */
export async function stopOrphan(home: string): Promise<void> {
  const cluster = join(home, CLUSTER);
  const found = await readPidFile(cluster);
  if (found && (await isOurs(found.pid, cluster))) await stop(found.pid);
}

async function isOurs(pid: number, cluster: string): Promise<boolean> {
  return (await processIdentity(pid)) !== undefined && (await commandLineHolds(pid, cluster));
}

async function answers(port: number, password: string, cluster: string): Promise<boolean> {
  try {
    return await withClient(urlOf(port, password, 'postgres'), async (client) => {
      const { rows } = await client.query<{ data_directory: string }>('show data_directory');
      return rows[0]?.data_directory === (await realpath(cluster));
    });
  } catch {
    return false;
  }
}

/**
 * `postmaster.pid`: pid, data directory, start time, port, socket directory, address, shared
 * memory, status.
 */
async function readPidFile(cluster: string): Promise<PidFile | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/** @throws Error with the end of the server's log when it does not come up */
export async function start(
  home: string,
  account: Account,
  binaries: Binaries,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<Server> {
  const cluster = join(home, CLUSTER);
  const log = await openLog(home);
  // A group of its own: Ctrl-C in the terminal reaches us, and we end our work before we stop the
  // database.
  const child = spawn(binaries.postgres, ['-D', cluster, '-p', String(port), ...flags(settings)], {
    uid: account.uid,
    gid: account.gid,
    cwd: '/',
    env: CLEAN_ENVIRONMENT,
    detached: true,
    stdio: ['ignore', log.descriptor, log.descriptor],
  });
  let ended: string | undefined;
  child.on('error', (error) => (ended = error.message));
  child.on('exit', (code, name) => (ended = name ? `ended by ${name}` : `exit code ${code}`));
  const isReady = async (): Promise<boolean> => {
    if (ended !== undefined) return true;
    const found = await readPidFile(cluster);
    return found?.pid === child.pid && found!.ready;
  };
  const inTime = await waitUntil(isReady, START_TIMEOUT_MS);
  await log.close();
  child.unref();
  if (inTime && ended === undefined) return { pid: child.pid!, port };
  if (child.pid !== undefined && ended === undefined) await stop(child.pid);
  const tail = (await readFile(log.path, 'utf8').catch(() => '')).slice(-LOG_TAIL).trim();
  const reason = ended ?? 'no answer in time';
  throw new Error(`The embedded Postgres did not start (${reason}). End of ${log.path}:\n${tail}`);
}

function flags(settings: Readonly<Record<string, string>>): string[] {
  const all = {
    ...POSTGRES_SETTINGS,
    listen_addresses: HOST,
    unix_socket_directories: '',
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Ends the server in order, by force if it takes too long. Resolves when it is gone. */
export async function stop(pid: number): Promise<void> {
  const identity = await processIdentity(pid);
  const gone = async (): Promise<boolean> => {
    const now = await processIdentity(pid);
    return now === undefined || now !== identity;
  };
  if (identity === undefined) return;
  signal(pid, 'SIGINT');
  if (await waitUntil(gone, STOP_TIMEOUT_MS.fast)) return;
  signal(pid, 'SIGQUIT');
  if (await waitUntil(gone, STOP_TIMEOUT_MS.immediate)) return;
  signal(pid, 'SIGKILL');
  await waitUntil(gone, STOP_TIMEOUT_MS.immediate);
}

/** @returns whether nobody listens on the port; 0 asks for any, answered as the free one found */
export async function freePort(wanted: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ host: HOST, port: wanted, exclusive: true });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
