import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { answers } from './edge.js';
import { freePort } from './free-port.js';

/** A Redis of a test's own, in memory only, that can be lost in every way: its data go with it. */
export interface RedisServer {
  readonly url: string;
  kill(): Promise<void>;
  /** Empty, on the same port. */
  restart(): Promise<void>;
  /** It keeps its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  let child = await launch(port);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    restart: async () => {
      await kill();
      child = await launch(port);
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    stop: kill,
  };
}

async function launch(port: number): Promise<ChildProcess> {
  const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/tmp'];
  const child = spawn('redis-server', ['--port', String(port), ...settings], { stdio: 'ignore' });
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error('redis-server ended before it was ready.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return child;
}
