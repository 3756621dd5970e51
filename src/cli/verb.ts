import type { Argv, ArgumentsCamelCase, CommandModule } from 'yargs';
import type { Log } from '../ports/system/log.js';
import type { ExitCode } from './exit-codes.js';

/** Options of every verb. */
export interface Common {
  readonly json: boolean;
}

export interface Verb<Args extends Common> {
  /** Name and arguments, such as `check` or `import <file>`. */
  readonly command: string;
  readonly describe: string;
  /** Options, checks and at least one example. */
  readonly options: (yargs: Argv<Common>) => Argv<Args>;
  /**
   * Writes the result to stdout and everything else to stderr. With `json`, stdout gets one JSON
   * document or nothing.
   * @throws Misuse, Refused, Unavailable, ConfigError: each maps to an exit code
   */
  readonly run: (args: ArgumentsCamelCase<Args>) => Promise<ExitCode>;
}

// The options of each verb differ, and only its own `run` takes them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyCommand = CommandModule<any, any>;

export function verb<Args extends Common>({
  command,
  describe,
  options,
  run,
}: Verb<Args>): AnyCommand {
  return {
    command,
    describe,
    builder: options as AnyCommand['builder'],
    handler: async (args) => {
      process.exitCode = await run(args as ArgumentsCamelCase<Args>);
    },
  };
}

/**
 * Groups verbs about one thing, such as `boxoffice ledger …`. Each group is a file in `commands/`.
 */
export function group(name: string, describe: string, verbs: readonly AnyCommand[]): AnyCommand {
  return {
    command: name,
    describe,
    builder: (yargs: Argv) =>
      yargs
        .usage(`$0 ${name} <verb>`)
        .command([...verbs])
        .demandCommand(1, `Name a verb of ${name}.`),
    handler: () => undefined,
  };
}

/** Writes a message for people to stderr. */
export const report = (message: string): void => void process.stderr.write(`${message}\n`);

/** Log of the modules that a verb opens. */
export const LOG: Log = { log: report, warn: report, error: report };

export const answer = (text: string): void =>
  void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);

export const answerJson = (document: unknown): void => answer(JSON.stringify(document, null, 2));
