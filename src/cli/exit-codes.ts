/** How every verb ends; docs/reference/cli.md has the same table, and a test holds them together. */
export const EXIT = { fine: 0, failed: 1, misuse: 2, unavailable: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each is told by `--help`. */
export const EXIT_MEANS: Readonly<Record<ExitCode, string>> = {
  0: 'done, and all is well',
  1: 'done, and something is wrong; or refused',
  2: 'called wrongly: nothing was started',
  3: 'could not be done: a service, a database or a provider cannot be reached',
};

/** Called wrongly in a way that only the verb itself notices. */
export class Misuse extends Error {
  override name = 'Misuse';
}

/** Somebody who is needed does not answer. Worth another try later. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

/** Understood, and refused. */
export class Refused extends Error {
  override name = 'Refused';
}
