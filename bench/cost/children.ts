import { execFile, type ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';

/** Ends a child when this process exits first, as after Ctrl-C. */
export function endWithThisProcess(child: ChildProcess): void {
  const kill = () => void child.kill('SIGTERM');
  process.once('exit', kill);
  child.once('exit', () => process.removeListener('exit', kill));
}

/** Runs a command to its end. @throws Error with its output when it fails */
export function run(command: string, args: string[], cwd = '.'): Promise<{ stdout: string }> {
  const running = promisify(execFile)(command, args, { cwd });
  endWithThisProcess(running.child);
  return running;
}
