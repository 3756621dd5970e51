import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseStat, sumTree, type CpuTimes, type ProcessTimes } from './process-times.js';

/**
 * A tree of processes is idle when it uses less than this share of one core for `IDLE_SAMPLES`
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

/** CPU so far of a process and all its descendants. */
export const cpuOf = (pid: number): CpuTimes => sumTree(allProcesses(), pid, ticksPerSecond());

/** CPU so far of all ended children of this process, in seconds: the load generators. */
export const cpuOfEndedChildren = (): number =>
  parseStat(readFileSync('/proc/self/stat', 'utf8')).childTicks / ticksPerSecond();

/**
 * Waits until a tree of processes has done the work that its answers left over, such as
 * projections.
 */
export async function untilIdle(pid: number): Promise<void> {
  const until = performance.now() + MAX_IDLE_WAIT_MS;
  let before = cpuOf(pid);
  for (let idle = 0; idle < IDLE_SAMPLES && performance.now() < until;) {
    const startedAt = performance.now();
    await pause(SAMPLE_MS);
    const now = cpuOf(pid);
    const used = now.service + now.postgres - before.service - before.postgres;
    idle = (used * 1_000) / (performance.now() - startedAt) < IDLE_SHARE ? idle + 1 : 0;
    before = now;
  }
}

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
