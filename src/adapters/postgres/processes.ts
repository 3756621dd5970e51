import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Returns a value that distinguishes a process from a later one with the same pid: its start time
 * since boot on Linux, an empty string on other systems. Undefined when the process is gone or a
 * zombie.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (!isSignallable(pid)) return undefined;
  if (process.platform !== 'linux') return '';
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command name, in brackets, may hold anything; fields are counted after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function isSignallable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Sends a signal; false when the process is gone. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** True when the command line of `pid` holds `text`. */
export async function commandLineHolds(pid: number, text: string): Promise<boolean> {
  try {
    if (process.platform === 'linux') {
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').includes(text);
    }
    return (await run('ps', ['-o', 'command=', '-p', String(pid)])).stdout.includes(text);
  } catch {
    return false;
  }
}

/**
 * Waits until `done` holds, asking every `everyMs`.
 * @returns false when it did not within `timeoutMs`
 */
export async function waitUntil(
  done: () => Promise<boolean> | boolean,
  timeoutMs: number,
  everyMs = 10,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (await done()) return true;
    if (performance.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
