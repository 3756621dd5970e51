import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The account that Postgres runs under; without ids it is the one that runs this process. */
export interface Account {
  name: string;
  uid?: number;
  gid?: number;
}

/** Programs started for Postgres see this and nothing of our own environment. */
export const CLEAN_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
};

export const runsAsRoot = (): boolean => process.getuid?.() === 0;

/**
 * Postgres refuses to run as root. Root therefore runs it as the owner of the existing cluster,
 * else as `postgres` (created when missing), else as `nobody` when accounts cannot be created.
 */
export async function accountFor(cluster: string): Promise<Account> {
  if (!runsAsRoot()) return { name: 'the current user' };
  const owner = await stat(cluster).catch(() => undefined);
  if (owner && owner.uid !== 0) return { name: `uid ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  const existing =
    (await lookUp('postgres')) ?? (await create('postgres')) ?? (await lookUp('nobody'));
  if (existing) return existing;
  throw new Error(
    'Postgres does not run as root and no other account could be found or made: ' +
      'create one named "postgres", start as an ordinary user, or set DATABASE_URL.',
  );
}

async function lookUp(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout)),
    );
    return uid ? { name, uid, gid } : undefined;
  } catch {
    return undefined;
  }
}

async function create(name: string): Promise<Account | undefined> {
  try {
    await run(
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', name],
      {
        env: CLEAN_ENVIRONMENT,
      },
    );
  } catch {
    return undefined;
  }
  return lookUp(name);
}

/**
 * True when the account can enter the directory; asked of the system, so that mounts and access
 * lists count too.
 */
export async function canEnter(account: Account, directory: string): Promise<boolean> {
  if (account.uid === undefined) return true;
  return succeeds(account, '/bin/sh', ['-c', 'cd -- "$0"', directory]);
}

export async function succeeds(
  account: Account,
  program: string,
  args: string[],
): Promise<boolean> {
  try {
    await run(program, args, {
      uid: account.uid,
      gid: account.gid,
      cwd: '/',
      env: CLEAN_ENVIRONMENT,
    });
    return true;
  } catch {
    return false;
  }
}
