import { execFile } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** The built `boxoffice` with these settings, and nothing else of this environment. */
export function commandLine(args: readonly string[], settings: Record<string, string> = {}): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const options = { cwd: ROOT, env: { PATH, HOME, ...settings } };
  return new Promise((resolve) => {
    execFile(process.execPath, ['dist/cli/boxoffice.js', ...args], options, (failure, out, error) => {
      resolve({ code: failure ? Number(failure.code) : 0, out, error });
    });
  });
}
