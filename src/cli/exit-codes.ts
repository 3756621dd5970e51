/** Exit codes of all verbs. A test compares them with the table in docs/reference/cli.md. */
export const EXIT = { success: 0, failed: 1, misuse: 2, unavailable: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Meaning of each exit code, as `--help` prints it. */
export const EXIT_MEANS: Readonly<Record<ExitCode, string>> = {
  0: 'success',
  1: 'a check found a problem, or the request was rejected',
  2: 'invalid arguments or settings: nothing was started',
  3: 'a service, a database or a provider is unavailable',
};

/** Invalid arguments that only the verb itself can detect. */
export class Misuse extends Error {
  override name = 'Misuse';
}

/** A required service does not answer. A later attempt may succeed. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

/** The service understood the request and rejected it. */
export class Refused extends Error {
  override name = 'Refused';
}
