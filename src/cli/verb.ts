import type { Argv, ArgumentsCamelCase, CommandModule } from 'yargs';
import type { Log } from '../ports/system/log.js';
import type { ExitCode } from './exit-codes.js';

/** What every verb takes. */
export interface Common {
  readonly json: boolean;
}

export interface Verb<Args extends Common> {
  /** As it is called, with its arguments: `check`, `import <file>`. */
  readonly command: string;
  readonly describe: string;
  /** Options, checks and at least one example. */
  readonly options: (yargs: Argv<Common>) => Argv<Args>;
  /**
   * What is asked for goes to stdout, everything else to stderr; with `json`, stdout gets one JSON document or nothing.
   * @throws Misuse, Refused, Unavailable, ConfigError: each has an exit code of its own
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

/** Verbs about one thing: `boxoffice ledger …`. One file under `commands/` each. */
export function group(name: string, describe: string, verbs: readonly AnyCommand[]): AnyCommand {
  return {
    command: name,
    describe,
    builder: (yargs: Argv) =>
      yargs
        .usage(`$0 ${name} <verb>`)
        .command([...verbs])
        .demandCommand(1, `Say what to do with ${name}.`),
    handler: () => undefined,
  };
}

/** For people, beside the answer. */
export const tell = (message: string): void => void process.stderr.write(`${message}\n`);

/** Lines of the modules that a verb opens. */
export const LOG: Log = { log: tell, warn: tell, error: tell };

export const answer = (text: string): void =>
  void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);

export const answerJson = (document: unknown): void => answer(JSON.stringify(document, null, 2));
