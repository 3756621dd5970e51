import { execFile } from 'node:child_process';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** The built `boxoffice` with these settings, and nothing else of this environment. */
export function commandLine(
  args: readonly string[],
  settings: Record<string, string> = {},
): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  // Tests and proofs are run from the root of the project.
  const options = { env: { PATH, HOME, ...settings } };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['dist/cli/boxoffice.js', ...args],
      options,
      (failure, out, error) => {
        resolve({ code: failure ? Number(failure.code) : 0, out, error });
      },
    );
  });
}
