import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseStat, sumTree, type CpuTimes, type ProcessTimes } from './process-times.js';

/**
 * Processes are idle when together they use less than this share of one core for `IDLE_SAMPLES`
 * samples.
 */
const IDLE_SHARE = 0.15;
const IDLE_SAMPLES = 2;
const SAMPLE_MS = 250;
/** Background work that has not ended by then is measured no longer. Milliseconds. */
const MAX_IDLE_WAIT_MS = 15_000;

export const hasProc = (): boolean => existsSync('/proc/self/stat');

let ticks: number | undefined;
const ticksPerSecond = (): number =>
  (ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })));

/** A service, and what it uses outside its own tree of processes. */
export interface Pids {
  readonly pid: number;
  /** Parent of a Postgres. */
  readonly database?: number;
  /** The payment provider. */
  readonly provider?: number;
  /** The node of EventStoreDB. */
  readonly eventStore?: number;
}

export interface Cpu extends CpuTimes {
  readonly provider: number;
  readonly eventStore: number;
}

/** CPU so far of these processes and all their descendants, in seconds. */
export function cpuOf({ pid, database, provider, eventStore }: Pids): Cpu {
  const processes = allProcesses();
  const sum = (root: number | undefined): CpuTimes =>
    root === undefined ? { service: 0, postgres: 0 } : sumTree(processes, root, ticksPerSecond());
  const { service, postgres } = sum(pid);
  return {
    service,
    postgres: postgres + sum(database).postgres,
    provider: sum(provider).service,
    eventStore: sum(eventStore).service,
  };
}

/** CPU so far of all ended children of this process, in seconds: the load generators. */
export const cpuOfEndedChildren = (): number =>
  parseStat(readFileSync('/proc/self/stat', 'utf8')).childTicks / ticksPerSecond();

/**
 * Waits until processes have done the work that its answers left over, such as
 * projections.
 */
export async function untilIdle(pids: Pids): Promise<void> {
  const until = performance.now() + MAX_IDLE_WAIT_MS;
  let before = cpuOf(pids);
  for (let idle = 0; idle < IDLE_SAMPLES && performance.now() < until;) {
    const startedAt = performance.now();
    await pause(SAMPLE_MS);
    const now = cpuOf(pids);
    const used = sumOf(now) - sumOf(before);
    idle = (used * 1_000) / (performance.now() - startedAt) < IDLE_SHARE ? idle + 1 : 0;
    before = now;
  }
}

const sumOf = (cpu: Cpu): number => cpu.service + cpu.postgres + cpu.provider + cpu.eventStore;

function allProcesses(): ProcessTimes[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))];
      } catch {
        // Ended since it was listed: its parent has its times.
        return [];
      }
    });
}
