import { EXIT_MEANS } from '../../src/cli/exit-codes.js';
import { commandLineParser } from '../../src/cli/parser.js';
import { table } from './tables.js';

const VERB = /^ {2}boxoffice ([a-z-]+(?: [a-z-]+)?)(?: \S+)*? {2,}(.*)$/gm;

/** Returns what `--help` prints for these words. */
const help = (...words: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const done = (error: unknown, _: unknown, output: string) =>
      error ? reject(error) : resolve(output);
    void commandLineParser([]).parse([...words, '--help'], {}, done);
  });

/** Returns the table of all verbs, from their help. */
export async function verbsTable(): Promise<string> {
  const rows: string[][] = [];
  for (const group of await groups()) {
    for (const [name, text] of verbsIn(await help(group), group)) rows.push([`\`${name}\``, text]);
  }
  return table(['verb', 'does'], rows);
}

async function groups(): Promise<string[]> {
  const names = [...(await help()).matchAll(VERB)].map(([, name]) => name!.split(' ')[0]!);
  return [...new Set(names)].filter((name) => name !== 'completion');
}

/** Descriptions may continue on the next lines, indented. */
function verbsIn(text: string, group: string): [name: string, does: string][] {
  const joined = text.replace(/\n {20,}(?=\S)/g, ' ');
  const verb = new RegExp(`^ {2}boxoffice (${group} [a-z-]+)([^\\n]*?) {2,}(.*)$`, 'gm');
  return [...joined.matchAll(verb)].map(([, name, , does]) => [name!, does!.trim()]);
}

/** Returns the table of exit codes. */
export const exitCodesTable = (): string => table(['code', 'meaning'], Object.entries(EXIT_MEANS));
