import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve as absolute } from 'node:path';
import { freePort } from './free-port.js';

/** Relative to the folder in which npm runs. */
const DEPLOYED = absolute('deploy/nginx');
const BROTLI_MODULE = '/usr/lib/nginx/modules/ngx_http_brotli_filter_module.so';

export interface Edge {
  readonly url: string;
  readonly brotli: boolean;
  stop(): Promise<void>;
}

export interface EdgeOptions {
  readonly workers?: number;
  /** `host:port` of the shop, resolved while nginx runs. Unset: the nodes. */
  readonly target?: string;
  /** `address:port` of a DNS server. */
  readonly resolver?: string;
}

/** The edge as it is deployed, by Debian's nginx, in front of nodes on this machine. */
export async function startEdge(
  nginx: string,
  nodes: readonly string[],
  { workers = 2, target = 'boxoffice', resolver = '127.0.0.1' }: EdgeOptions = {},
): Promise<Edge> {
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-edge-'));
  const port = await freePort();
  const brotli = existsSync(BROTLI_MODULE);
  await mkdir(join(directory, 'logs'));
  const settings: Record<string, string> = {
    EDGE_LISTEN: `127.0.0.1:${port}`,
    EDGE_NODES: nodes.map((url) => `server ${new URL(url).host};`).join(' '),
    EDGE_TARGET: target,
    EDGE_RESOLVER: resolver,
    EDGE_DIRECTORY: directory,
    EDGE_EXTRAS: brotli ? join(DEPLOYED, 'brotli.conf') : `${directory}/none/*.conf`,
  };
  const edge = (await readFile(join(DEPLOYED, 'edge.conf.template'), 'utf8')).replace(
    /\$\{(\w+)\}/g,
    (_, name: string) => settings[name]!,
  );
  await writeFile(join(directory, 'edge.conf'), edge);
  const main = (await readFile(join(DEPLOYED, 'nginx.conf'), 'utf8'))
    .replace('worker_processes auto', `worker_processes ${workers}`)
    .replace('/etc/nginx/conf.d/*.conf', join(directory, 'edge.conf'));
  const before = [
    brotli ? `load_module ${BROTLI_MODULE};` : '',
    `pid ${directory}/nginx.pid; error_log ${directory}/logs/error.log; daemon off; user root;`,
  ];
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${directory}/${name};`)
    .join(' ');
  await writeFile(
    join(directory, 'nginx.conf'),
    [...before, main.replace('http {', `http { ${temporary}`)].join('\n'),
  );
  const child = spawn(nginx, ['-p', directory, '-c', join(directory, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended before it was ready:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    url: `http://127.0.0.1:${port}`,
    brotli,
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
