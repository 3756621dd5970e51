import { ConfigError } from './config.js';
import { DEFAULTS, SETTINGS } from './settings.js';
import { InvalidValue } from './values.js';

/** Settings with which the command line calls a running service. */
export interface OperatorConfig {
  readonly url: string;
  /** Secret. */
  readonly token: string | undefined;
}

/** Options of the command line take precedence over the environment. @throws ConfigError */
export const operatorConfig = (options: {
  readonly url?: string;
  readonly token?: string;
}): OperatorConfig => readOperatorConfig(options, process.env);

/** @throws ConfigError with all problems; holds no secret */
export function readOperatorConfig(
  options: { readonly url?: string; readonly token?: string },
  env: Readonly<Record<string, string | undefined>>,
): OperatorConfig {
  const problems: string[] = [];
  const read = (name: string, option: string, given: string | undefined): string | undefined => {
    const text = (given ?? env[name])?.trim();
    if (!text) return undefined;
    const { parse, expects } = SETTINGS.find((setting) => setting.name === name)!;
    const parsed = parse(text);
    if (!(parsed instanceof InvalidValue)) return parsed as string;
    problems.push(`${given === undefined ? name : option} ${parsed.reason}; expected ${expects}.`);
    return undefined;
  };
  const url = read('BOXOFFICE_URL', '--url', options.url) ?? DEFAULTS.BOXOFFICE_URL;
  const token = read('BOXOFFICE_TOKEN', '--token', options.token);
  if (problems.length > 0) throw new ConfigError(problems);
  return { url, token };
}

/** Runs `work` with `SHELL` set to a shell: yargs reads the variable when it creates a parser. */
export function withShell<T>(shell: string | undefined, work: () => T): T {
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
