/**
 * Builds `dist` unless it is newer than everything it is made of. `--stamp` only records that a
 * build has ended.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Written when a build has ended well, so that one cut short counts as none. */
const stamp = join(root, 'dist', '.built');
const sources = ['src', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', '.swcrc'];

function newest(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const isStale = () =>
  !existsSync(stamp) ||
  statSync(stamp).mtimeMs < Math.max(...sources.map((name) => newest(join(root, name))));

export function buildIfStale() {
  if (!isStale()) return;
  const nest = createRequire(import.meta.url).resolve('@nestjs/cli/bin/nest.js');
  const { status } = spawnSync(process.execPath, [nest, 'build'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error('The build failed: dist was not made.');
    process.exit(status ?? 1);
  }
  writeFileSync(stamp, '');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--stamp')) writeFileSync(stamp, '');
  else buildIfStale();
}
