import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { HttpRun } from '../http.js';
import { run } from './children.js';
import type { Counts } from './counts.js';
import { cpuOfEndedChildren } from './cpu.js';

/** Customers of a load. Each may have 50 open holds and try 300 reservations in a minute. */
export const CUSTOMERS = 5_000;

/** One load on one service; `kind` as in requests.lua. */
export interface Load {
  readonly kind: 'get' | 'repeat' | 'reserve' | 'sale';
  readonly url: string;
  readonly path: string;
  /** File with a customer's token on each line. */
  readonly tokenFile: string;
  /** Number of seats of the venue, for requests that take seats. */
  readonly seats: number;
  readonly connections: number;
  readonly seconds: number;
}

type Run = Omit<HttpRun, 'connections' | 'requestsPerSecond'>;

export interface GeneratedLoad extends Run {
  /** CPU of the load generator, in seconds. */
  readonly cpu: number;
  /** More figures of a sale. */
  readonly perSale?: Counts;
}

export type Generator = 'wrk' | 'autocannon';

/** wrk where it is installed: it leaves more of a small machine to the service than autocannon. */
export async function findGenerator(): Promise<Generator> {
  // wrk has no option that prints its version and ends with 0.
  const error = await run('wrk', ['--version']).catch((error) => error as { code: unknown });
  return 'code' in error && error.code === 'ENOENT' ? 'autocannon' : 'wrk';
}

/** Runs a load from a process of its own. @throws Error when more than 1 % of the requests fail */
export async function generate(generator: Generator, load: Load): Promise<GeneratedLoad> {
  const before = cpuOfEndedChildren();
  const result = generator === 'wrk' ? await runWrk(load) : await runAutocannon(load);
  requireSuccess(load, result);
  return { ...result, cpu: cpuOfEndedChildren() - before };
}

/** @throws Error when no request was answered or more than 1 % failed */
export function requireSuccess(load: { kind: string; path: string }, result: Run): void {
  const failed = result.errors + result.not2xx;
  if (result.requests > 0 && failed <= result.requests / 100) return;
  throw new Error(
    `${load.kind} ${load.path}: ${failed} of ${result.requests} requests failed: ` +
      `${JSON.stringify(result)}`,
  );
}

async function runWrk(load: Load): Promise<Run> {
  const { kind, url, path, tokenFile, seats, connections, seconds } = load;
  const { stdout } = await run('wrk', [
    '--threads=1',
    `--connections=${connections}`,
    `--duration=${seconds}s`,
    '--timeout=30s',
    '--script=bench/cost/requests.lua',
    url,
    '--',
    kind,
    path,
    tokenFile,
    String(seats),
  ]);
  const result = /^RESULT (.+)$/m.exec(stdout)?.[1];
  if (!result) throw new Error(`wrk printed no result:\n${stdout}`);
  return JSON.parse(result) as Run;
}

async function runAutocannon(load: Load): Promise<Run> {
  const child = fork(fileURLToPath(new URL('./autocannon-run.js', import.meta.url)));
  const ended = once(child, 'exit');
  child.send(load);
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [Run | number | null];
  await ended;
  if (typeof message !== 'object' || message === null)
    throw new Error(`The load generator ended with ${message} before it had a result.`);
  return message;
}
