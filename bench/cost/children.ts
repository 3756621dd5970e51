import { execFile, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const running = new Set<ChildProcess>();

/** Lets `endChildren` end a child. */
export function track(child: ChildProcess): void {
  running.add(child);
  child.once('exit', () => running.delete(child));
}

/** Ends all tracked children in order, for a process that is interrupted. */
export async function endChildren(): Promise<void> {
  const ends = [...running].map((child) => once(child, 'exit'));
  for (const child of running) child.kill('SIGTERM');
  await Promise.all(ends);
}

/** Runs a command to its end. @throws Error with its output when it fails */
export function run(command: string, args: string[], cwd = '.'): Promise<{ stdout: string }> {
  const process = promisify(execFile)(command, args, { cwd });
  track(process.child);
  return process;
}
