import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, commandOrInstall, freePort, startServer } from './commands.js';

const ROOT = '/usr/lib/postgresql';
/** Clusters that a test dumps from and restores into. */
const CLUSTERS = ['SOURCE', 'TARGET'];

/**
 * Two Postgres clusters of Debian's packages, on ports that were free, and the client programs that
 * belong to them.
 */
export async function start({ log }) {
  if (!newest()) commandOrInstall('pg_dump', ['postgresql', 'postgresql-client'], log);
  const bin = newest();
  if (!bin) return { unavailable: 'there is no Postgres of Debian' };
  const stops = [];
  const env = { TEST_POSTGRES_BIN: bin };
  for (const name of CLUSTERS) {
    const { url, stop } = await startCluster(bin);
    stops.push(stop);
    env[`TEST_POSTGRES_${name}`] = url;
  }
  return { env, stop: async () => void (await Promise.all(stops.map((stop) => stop()))) };
}

/** The programs of the newest major version that is complete. */
function newest() {
  const versions = existsSync(ROOT) ? readdirSync(ROOT).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => join(ROOT, version, 'bin'));
  return folders.find((bin) =>
    ['initdb', 'postgres', 'pg_dump', 'pg_restore'].every((name) => existsSync(join(bin, name))),
  );
}

async function startCluster(bin) {
  const directory = mkdtempSync(join(tmpdir(), 'boxoffice-cluster-'));
  const asRoot = process.getuid() === 0;
  // Postgres refuses to run as root; its package makes this account.
  const id = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  if (asRoot) chownSync(directory, id('-u'), id('-g'));
  const as = (command, args) =>
    asRoot
      ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', command, ...args]]
      : [command, args];
  const data = join(directory, 'data');
  const made = spawnSync(
    ...as(join(bin, 'initdb'), [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
    ]),
    { encoding: 'utf8', cwd: '/' },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  const settings = [
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${directory}`,
  ];
  const end = await startServer(
    ...as(join(bin, 'postgres'), ['-D', data, ...settings]),
    () => answers(port),
    { cwd: '/' },
  );
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
