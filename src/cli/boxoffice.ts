#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { ConfigError } from '../config.js';
import { audit } from './commands/audit.js';
import { inventory } from './commands/inventory.js';
import { events } from './commands/events.js';
import { ledger } from './commands/ledger.js';
import { projections } from './commands/projections.js';
import { EXIT, EXIT_MEANS, Misuse, Refused, Unavailable, type ExitCode } from './exit-codes.js';
import { tell, type AnyCommand } from './verb.js';

/** In the order of the help. */
const GROUPS: readonly AnyCommand[] = [events, inventory, projections, ledger, audit];

/** Columns of the help. */
const WIDTH = 100;

const exitCodes = Object.entries(EXIT_MEANS).map(([code, means]) => `  ${code}  ${means}`);

// Whoever reads may have seen enough: `boxoffice … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.fine);
});

const parser = yargs(hideBin(process.argv))
  .scriptName('boxoffice')
  .usage('$0 <group> <verb>: what an operator does to a Boxoffice')
  .command([...GROUPS])
  .completion('completion', 'Print a script that completes these words: add it to your ~/.bashrc or ~/.zshrc')
  .option('json', { type: 'boolean', default: false, describe: 'One JSON document on stdout, for programs' })
  .demandCommand(1, 'Say what to do.')
  .strict()
  .recommendCommands()
  .version(false)
  .locale('en')
  .wrap(WIDTH)
  .epilog(`Exit codes:\n${exitCodes.join('\n')}\n\nMore: docs/cli.md`)
  .exitProcess(false)
  .fail((message, error) => {
    throw error ?? new Misuse(message);
  });

try {
  await parser.parseAsync();
} catch (error) {
  process.exitCode = tellAndJudge(error as Error);
}

function tellAndJudge(error: Error): ExitCode {
  tell(error.message);
  if (error instanceof Misuse || error instanceof ConfigError) {
    if (error instanceof Misuse) tell('See --help.');
    return EXIT.misuse;
  }
  if (error instanceof Unavailable) return EXIT.unavailable;
  if (!(error instanceof Refused)) tell(error.stack ?? '');
  return EXIT.failed;
}
