/**
 * Compiles the sources, the tests and the benchmarks to `.suites`, where jest runs them. `.suites`
 * is a copy of the repository for them: what they read beside `src` and `test` is linked into it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
export const SUITES = join(ROOT, '.suites');
const COMPILED = ['src', 'test', 'bench', 'scripts'];
const LINKED = [
  ...['deploy', 'dist', 'docs', 'samples', 'web'],
  ...['Dockerfile', 'README.md', 'docker-compose.yml', 'package.json', 'package-lock.json'],
];

/** @throws Error when a file cannot be compiled */
export function buildSuites() {
  rmSync(SUITES, { recursive: true, force: true });
  mkdirSync(SUITES);
  const swc = join(ROOT, 'node_modules/@swc/cli/bin/swc.js');
  const args = [swc, ...COMPILED, '--out-dir', '.suites', '--quiet', '--copy-files'];
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error('The suites were not compiled.');
  for (const name of LINKED) symlinkSync(join('..', name), join(SUITES, name));
}
