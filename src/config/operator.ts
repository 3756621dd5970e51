import { ConfigError } from './config.js';
import { DEFAULTS, Refusal, SETTINGS } from './settings.js';

/** What the command line needs to speak to a running service, apart from the settings of that service. */
export interface OperatorConfig {
  readonly url: string;
  /** Secret. */
  readonly token: string | undefined;
}

/** What was said on the command line goes before the environment. @throws ConfigError */
export const operatorConfig = (said: {
  readonly url?: string;
  readonly token?: string;
}): OperatorConfig => readOperatorConfig(said, process.env);

/** @throws ConfigError naming all that is wrong at once; holds no secret */
export function readOperatorConfig(
  said: { readonly url?: string; readonly token?: string },
  env: Readonly<Record<string, string | undefined>>,
): OperatorConfig {
  const problems: string[] = [];
  const read = (name: string, option: string, given: string | undefined): string | undefined => {
    const text = (given ?? env[name])?.trim();
    if (!text) return undefined;
    const { parse, expects } = SETTINGS.find((setting) => setting.name === name)!;
    const parsed = parse(text);
    if (!(parsed instanceof Refusal)) return parsed as string;
    problems.push(`${given === undefined ? name : option} ${parsed.reason}; expected ${expects}.`);
    return undefined;
  };
  const url = read('BOXOFFICE_URL', '--url', said.url) ?? DEFAULTS.BOXOFFICE_URL;
  const token = read('BOXOFFICE_TOKEN', '--token', said.token);
  if (problems.length > 0) throw new ConfigError(problems);
  return { url, token };
}

/** As in a session of this shell: which one it is, yargs asks the environment at the moment when it makes a parser. */
export function asInShell<T>(shell: string | undefined, work: () => T): T {
  const { SHELL } = process.env;
  if (shell === undefined) return work();
  process.env.SHELL = shell;
  try {
    return work();
  } finally {
    if (SHELL === undefined) delete process.env.SHELL;
    else process.env.SHELL = SHELL;
  }
}
