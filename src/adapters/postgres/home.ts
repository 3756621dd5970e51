import { createHash } from 'node:crypto';
import {
  access,
  chmod,
  constants,
  lstat,
  mkdir,
  readFile,
  readdir,
  realpath,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { canEnter, runsAsRoot, type Account } from './account.js';

/** Names inside a home. */
export const CLUSTER = 'cluster';
export const LOCK = 'owner.lock';
/** In a home that is not in its data directory: the path of that directory. */
export const OWNER = 'data-directory';
/** In a data directory whose cluster lives elsewhere: the path of its home. */
export const POINTER = 'cluster-location';

export interface Home {
  /** Holds the cluster, its password, port, log and lock file. */
  path: string;
  /** True when the content belongs to a removed data directory and must be cleared. */
  leftover: boolean;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * Where the files of this data directory are kept: in it, unless the account that runs Postgres
 * cannot get there (a checkout under /root or a private temporary directory), then in a place of
 * the system, named after the data directory.
 */
export async function findHome(
  dataDirectory: string,
  account: Account,
  log: (message: string) => void,
): Promise<Home> {
  const pointed = await readFile(join(dataDirectory, POINTER), 'utf8').catch(() => undefined);
  if (pointed !== undefined) return { path: pointed.trim(), leftover: false };
  const reachable = await canEnter(account, dataDirectory);
  if (await exists(join(dataDirectory, CLUSTER))) {
    if (reachable) return { path: dataDirectory, leftover: false };
    throw new Error(
      `The database in ${dataDirectory} belongs to ${account.name}, ` +
        'who can no longer enter that directory: let it be entered ' +
        '(chmod a+x on it and the directories above), or start as that account.',
    );
  }
  if (reachable) return { path: dataDirectory, leftover: false };

  const name = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16);
  const path = join(await systemRoot(account), name);
  log(`${account.name} cannot enter ${dataDirectory}: the database is kept in ${path}.`);
  const leftover = await exists(path);
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
  return { path, leftover };
}

/** @throws Error saying whose files they are, when they are not to be touched by this user */
export async function requireWritable(dataDirectory: string, home: string): Promise<void> {
  try {
    await access(home, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const owner = await stat(home).then(
      (found) => `uid ${found.uid}`,
      () => 'another user',
    );
    throw new Error(
      `The database of ${dataDirectory} is kept in ${home}, which belongs to ${owner}: ` +
        'start as that user, or give this one another DATA_DIR.',
      { cause },
    );
  }
}

/**
 * Called once the home is locked and cleared: from now on what is there is this data directory's.
 */
export async function claimHome(dataDirectory: string, home: string): Promise<void> {
  if (home === dataDirectory) return;
  await writeFile(join(home, OWNER), `${dataDirectory}\n`);
  await writeFile(join(dataDirectory, POINTER), `${home}\n`);
}

/**
 * Makes the data directory and gives its path without symbolic links.
 * @throws Error when it is not a directory or cannot be made
 */
export async function makeDataDirectory(dataDirectory: string): Promise<string> {
  try {
    await makeDirectories(resolve(dataDirectory));
    return await realpath(dataDirectory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isFile = code === 'EEXIST' || code === 'ENOTDIR';
    const reason = isFile ? 'A file is in its place' : (error as Error).message;
    throw new Error(
      `The data directory ${dataDirectory} cannot be made: ${reason}. ` +
        'Set DATA_DIR to a directory that this account can write to.',
      { cause: error },
    );
  }
}

/** `mkdir` with `recursive` does not come to an end below `/proc`: level by level it does. */
async function makeDirectories(path: string): Promise<void> {
  if ((await stat(path).catch(() => undefined))?.isDirectory()) return;
  if (dirname(path) !== path) await makeDirectories(dirname(path));
  await mkdir(path).catch(async (error: Error) => {
    // Another process may have made it meanwhile.
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) throw error;
  });
}

/**
 * A directory that root owns and the account can enter, for what cannot stay where it is.
 * Nobody else may own it: programs are run from there.
 */
export async function systemRoot(account: Account): Promise<string> {
  const tried: string[] = [];
  for (const parent of ['/var/lib', tmpdir()]) {
    const path = join(parent, 'boxoffice');
    tried.push(path);
    try {
      await mkdir(path, { recursive: true });
      const found = await lstat(path);
      if (!found.isDirectory() || found.uid !== 0) continue;
      await chmod(path, 0o755);
      if (await canEnter(account, path)) return path;
    } catch {
      continue;
    }
  }
  throw new Error(
    `${account.name} needs a directory to keep the database in ` +
      `and can enter none of ${tried.join(', ')}.`,
  );
}

/** Where copies of the programs go when they cannot be run where they are installed. */
export const copyRootFor = (account: Account, home: string): Promise<string> =>
  runsAsRoot() ? systemRoot(account) : Promise.resolve(home);

export async function clearHome(home: string, keep: readonly string[]): Promise<void> {
  for (const name of await readdir(home)) {
    if (!keep.includes(name)) await rm(join(home, name), { recursive: true, force: true });
  }
}
