import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './children.js';

/** A commit's files, with its packages and its builds: `dist`, and `.bench` for the engine. */
export interface Checkout {
  /** As git abbreviates it. */
  readonly commit: string;
  /** Files differ from the commit. */
  readonly modified: boolean;
  /** Absolute path. */
  readonly path: string;
}

const git = async (...args: string[]): Promise<string> => (await run('git', args)).stdout.trim();

/** The checkout that this process was started in; `npm run bench:cost` has built it. */
export async function thisCheckout(): Promise<Checkout> {
  const commit = await git('rev-parse', '--short', 'HEAD');
  const modified = (await git('status', '--porcelain', '--untracked-files=no')) !== '';
  return { commit, modified, path: process.cwd() };
}

/**
 * Checks a commit out into a new git worktree, installs its packages and builds it.
 * @throws Error when the commit is unknown or its build fails
 */
export async function checkOut(
  revision: string,
  path: string,
  progress: (text: string) => void,
): Promise<Checkout> {
  const commit = await git('rev-parse', '--short', '--verify', `${revision}^{commit}`);
  progress(`checking out ${commit}`);
  await git('worktree', 'add', '--detach', path, commit);
  await installPackages(path, progress);
  progress(`building ${commit}`);
  await run('npm', ['run', 'build'], path);
  await buildBenchmarks(path);
  return { commit, modified: false, path };
}

/** Synchronous, for a process that is about to exit. */
export function removeCheckout(path: string): void {
  if (existsSync(path)) execFileSync('git', ['worktree', 'remove', '--force', path]);
}

/**
 * Hard links to the packages of this checkout where both commits lock the same ones, else `npm ci`.
 */
async function installPackages(path: string, progress: (text: string) => void): Promise<void> {
  const [ours, theirs] = await Promise.all(
    ['.', path].map((root) => readFile(join(root, 'package-lock.json'), 'utf8')),
  );
  const target = join(path, 'node_modules');
  if (ours === theirs && (await linkPackages(target))) return;
  progress('its packages differ: npm ci');
  await rm(target, { recursive: true, force: true });
  await run('npm', ['ci', '--no-audit', '--no-fund'], path);
}

async function linkPackages(target: string): Promise<boolean> {
  try {
    // Hard links need one file system; `cp` of Node has no option for them.
    await run('cp', ['-al', 'node_modules', target]);
  } catch {
    return false;
  }
  // Caches are written in place, through the link.
  await rm(join(target, '.cache'), { recursive: true, force: true });
  return true;
}

async function buildBenchmarks(path: string): Promise<void> {
  const { scripts } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  if (scripts['build:bench']) await run('npm', ['run', 'build:bench'], path);
  else await buildAs4a96280(path);
  await addDrivers(path);
}

/** 4a96280 and before have no such script, and no links to the files that a service reads. */
async function buildAs4a96280(path: string): Promise<void> {
  await run('npx', ['swc', 'src', 'bench', 'test/support', '-d', '.bench', '-q', '-D'], path);
  for (const file of ['web', 'package.json'])
    await symlink(join('..', file), join(path, '.bench', file));
}

/** Programs that run a commit's code, and those for the commits before they existed. */
const DRIVERS = {
  engine: { file: 'engine-run.js', substitute: 'engine-run-4a96280.js' },
  doNothing: { file: 'do-nothing-run.js', substitute: 'do-nothing-run-60e5a25.js' },
} as const;

export type Driver = keyof typeof DRIVERS;

/** Path of a built driver of a checkout. */
export const driverOf = (path: string, driver: Driver): string =>
  join(path, '.bench/bench/cost', DRIVERS[driver].file);

async function addDrivers(path: string): Promise<void> {
  for (const [driver, { substitute }] of Object.entries(DRIVERS)) {
    const target = driverOf(path, driver as Driver);
    if (existsSync(target)) continue;
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join('bench/cost', substitute), target);
  }
}
