import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT_MEANS } from '../../../src/cli/exit-codes.js';
import { commandLineParser } from '../../../src/cli/parser.js';
import { commandLine } from '../../support/services/command-line.js';

const docs = () => readFile(join(import.meta.dirname, '../../../docs/reference/cli.md'), 'utf8');
/** Returns the output of `--help` without starting a process. */
const help = (...words: string[]): Promise<string> =>
  new Promise((resolve, refuse) => {
    const told = (error: unknown, _: unknown, output: string) =>
      error ? refuse(error) : resolve(output);
    void commandLineParser([]).parse([...words, '--help'], {}, told);
  });

/** `group verb` of every verb, as the help has them. */
async function verbs(): Promise<string[]> {
  const named = (out: string, of: string) =>
    [...out.matchAll(new RegExp(`^ {2}${of} ([a-z-]+)`, 'gm'))].map(([, name]) => name!);
  const groups = named(await help(), 'boxoffice').filter((name) => name !== 'completion');
  const found = groups.map(async (name) => {
    return named(await help(name), `boxoffice ${name}`).map((verb) => `${name} ${verb}`);
  });
  return (await Promise.all(found)).flat();
}

describe('boxoffice', () => {
  it('lists its groups, and the exit codes of docs/reference/cli.md', async () => {
    const { code, out } = await commandLine(['--help']);
    expect(code).toBe(0);
    const rows = Object.entries(EXIT_MEANS);
    for (const [number, means] of rows) expect(out).toContain(`  ${number}  ${means}`);
    const table = (await docs()).split('\n').filter((line) => /^\| \d \|/.test(line));
    expect(table).toEqual(rows.map(([number, means]) => `| ${number} | ${means} |`));
  });

  it('has an example and a row in docs/reference/cli.md for exactly each verb', async () => {
    const known = await verbs();
    expect(known).toContain('ledger check');
    const table = (await docs())
      .split('\n')
      .flatMap((line) => /^\| `([a-z-]+ [a-z-]+)/.exec(line)?.[1] ?? []);
    expect([...table].sort()).toEqual([...known].sort());
    for (const verb of known) {
      expect(await help(...verb.split(' '))).toMatch(new RegExp(`Examples:\\n +boxoffice ${verb}`));
    }
    expect(await commandLine(['ledger', 'check', '--help'])).toMatchObject({ code: 0 });
  });

  it.each<[what: string, args: string[], says: RegExp]>([
    ['a missing group', [], /^Name a command\./],
    ['a missing verb', ['ledger'], /^Name a verb of ledger\./],
    ['an unknown group', ['chairlifts'], /chairlifts/],
    ['an unknown verb', ['ledger', 'chekc'], /Did you mean check\?/],
    ['an unknown option', ['ledger', 'check', '--verbose'], /verbose/],
    ['an extra argument', ['ledger', 'check', 'twice'], /twice/],
  ])('rejects %s and starts nothing', async (_, args, says) => {
    expect(await commandLine(args)).toMatchObject({
      code: 2,
      out: '',
      error: expect.stringMatching(says),
    });
  });

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(await commandLine(['--version'])).toEqual({ code: 0, out: `${version}\n`, error: '' });
  });

  it('prints completion scripts, and completes words', async () => {
    const { out } = await commandLine(['completion'], { SHELL: '/bin/bash' });
    expect(out).toContain(
      'complete -o bashdefault -o default -F _boxoffice_yargs_completions boxoffice',
    );
    const zsh = await commandLine(['completion', 'zsh'], { SHELL: '/bin/bash' });
    expect(zsh).toMatchObject({ code: 0, error: '' });
    expect(zsh.out).toContain('compdef _boxoffice_yargs_completions boxoffice');
    expect(await commandLine(['completion', 'tcsh'])).toMatchObject({ code: 2, out: '' });
    const words = await commandLine(['--get-yargs-completions', 'boxoffice', 'ledger', '']);
    expect(words.out.split('\n')).toContain('check');
  });
});
