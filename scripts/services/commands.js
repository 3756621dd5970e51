import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';

/**
 * Where a command is, or undefined. Debian keeps servers where an account that is not root does not
 * look.
 */
export function commandPath(name) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path));
}

/**
 * The command, installed from Debian's packages if it is missing and this account may.
 * @returns {string | undefined} its path
 */
export function commandOrInstall(name, packages, log) {
  const found = commandPath(name);
  if (found || process.getuid?.() !== 0 || !commandPath('apt-get')) return found;
  log(`installing ${packages.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', ...args], { env, stdio: 'ignore' }).status === 0;
  if (!apt('install', '-y', '--no-install-recommends', ...packages)) {
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...packages);
  }
  return commandPath(name);
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts a server and waits until `ready` says yes; its last words are in the error when it ends
 * before, or is not there in time.
 * @returns {Promise<() => Promise<void>>} what ends it
 */
export async function startServer(
  command,
  args,
  ready,
  { seconds = 20, env = process.env, cwd } = {},
) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env, cwd });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (said = (said + chunk).slice(-4_000)));
  let ended = false;
  const exit = once(child, 'exit').then(() => (ended = true));
  const stop = async () => {
    if (!ended) child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await exit;
    clearTimeout(killer);
  };
  const until = Date.now() + seconds * 1_000;
  while (!(await ready())) {
    if (ended) throw new Error(`${command} ended before it was ready:\n${said}`);
    if (Date.now() > until) {
      await stop();
      throw new Error(`${command} was not ready within ${seconds} s:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return stop;
}

/** Whether somebody listens at a local port. */
export async function answers(port) {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
