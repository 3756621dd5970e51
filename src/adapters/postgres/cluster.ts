import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chown,
  mkdir,
  open,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { CLEAN_ENVIRONMENT, type Account } from './account.js';
import type { Binaries } from './binaries.js';
import { CLUSTER } from './home.js';
import { INITDB_ARGUMENTS, LC_CTYPES } from './settings.js';

export const SUPERUSER = 'boxoffice';
const PASSWORD = 'password';
/**
 * Begins a name that is never used twice: after a kill, the orphaned `initdb` goes on for a while
 * under its own.
 */
const UNFINISHED = 'cluster.unfinished.';
const PASSWORD_HANDOVER = 'password.initdb';
const PASSWORD_BYTES = 24;

/**
 * Makes the cluster in `home` unless it is there. It is made under another name and renamed at the
 * end, so that one cut short is started over.
 * @returns the password of its superuser
 */
export async function ensureCluster(
  home: string,
  account: Account,
  binaries: Binaries,
): Promise<string> {
  const cluster = join(home, CLUSTER);
  await clearUnfinished(home);
  if (await stat(cluster).catch(() => undefined)) {
    await requireSameMajor(cluster, binaries);
    return readPassword(home);
  }
  const password = randomBytes(PASSWORD_BYTES).toString('hex');
  const unfinished = join(home, `${UNFINISHED}${randomBytes(4).toString('hex')}`);
  const handover = join(home, PASSWORD_HANDOVER);
  try {
    await writeSecret(join(home, PASSWORD), password);
    await writeSecret(handover, password, account);
    await initialize(unfinished, handover, account, binaries);
    await rename(unfinished, cluster);
  } finally {
    await rm(handover, { force: true });
    await rm(unfinished, { recursive: true, force: true });
  }
  return password;
}

/** Removes unfinished clusters. Those still in use are left for a later start. */
async function clearUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith(UNFINISHED)) continue;
    await rm(join(home, name), { recursive: true, force: true, maxRetries: 3 }).catch(
      () => undefined,
    );
  }
}

export async function readPassword(home: string): Promise<string> {
  const path = join(home, PASSWORD);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new Error(
      `The password of the embedded database cannot be read from ${path}: ` +
        'start as the user who created it, ' +
        'or remove the data directory to start with an empty one.',
      { cause },
    );
  }
}

async function writeSecret(path: string, secret: string, owner?: Account): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  if (owner?.uid !== undefined) await chown(path, owner.uid, owner.gid!);
}

async function initialize(
  directory: string,
  pwfile: string,
  account: Account,
  binaries: Binaries,
): Promise<void> {
  let failure = '';
  for (const ctype of LC_CTYPES) {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { mode: 0o700 });
    if (account.uid !== undefined) await chown(directory, account.uid, account.gid!);
    const { code, output } = await runToEnd(account, binaries.initdb, [
      `--pgdata=${directory}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${pwfile}`,
      '--no-instructions',
      ...INITDB_ARGUMENTS,
      `--lc-ctype=${ctype}`,
    ]);
    if (code === 0) return;
    failure = output;
    if (!/locale/i.test(output)) break;
  }
  throw new Error(
    `The embedded database could not be made in ${directory}: ${failure.trim().slice(-1_000)}`,
  );
}

/** A cluster of another major version cannot be read by these programs. */
async function requireSameMajor(cluster: string, binaries: Binaries): Promise<void> {
  const made = (await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  if (!made) return;
  const { output } = await runToEnd({ name: '' }, binaries.postgres, ['--version']);
  const ours = /(\d+)(?:\.\d+)?/.exec(output)?.[1];
  if (ours !== undefined && ours !== made) {
    throw new Error(
      `The database in ${cluster} was made by Postgres ${made}; the one installed is ${ours}.`,
    );
  }
}

function runToEnd(
  account: Account,
  program: string,
  args: string[],
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const { uid, gid } = account;
    const child = spawn(program, args, {
      uid,
      gid,
      cwd: '/',
      env: CLEAN_ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code, name) =>
      resolve({ code: code ?? -1, output: name ? `${output} (ended by ${name})` : output }),
    );
  });
}

const LOG = 'postgres.log';
/**
 * Bytes; a longer log is put aside at the next start, and the one put aside before it is dropped.
 */
const MAX_LOG_BYTES = 10 * 1024 * 1024;

/** Opens the server's log for appending. Its own file, not a pipe: the server may outlive us. */
export async function openLog(
  home: string,
): Promise<{ path: string; descriptor: number; close(): Promise<void> }> {
  const path = join(home, LOG);
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > MAX_LOG_BYTES) await rename(path, `${path}.1`);
  const file = await open(path, 'a', 0o600);
  return { path, descriptor: file.fd, close: () => file.close() };
}
