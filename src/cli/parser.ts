import yargs, { type Argv } from 'yargs';
import { audit } from './commands/audit.js';
import { inventory } from './commands/inventory.js';
import { events } from './commands/events.js';
import { ledger } from './commands/ledger.js';
import { log } from './commands/log.js';
import { payments } from './commands/payments.js';
import { projections } from './commands/projections.js';
import { version } from '../app/version.js';
import { completion } from './completion.js';
import { EXIT_MEANS, Misuse } from './exit-codes.js';
import type { AnyCommand } from './verb.js';

/** In the order of the help. */
const GROUPS: readonly AnyCommand[] = [
  events,
  inventory,
  projections,
  log,
  payments,
  ledger,
  audit,
];

/** Columns of the help. */
const WIDTH = 100;

const exitCodes = Object.entries(EXIT_MEANS).map(([code, means]) => `  ${code}  ${means}`);

/** Returns the parser of the command line. It throws errors and does not exit. */
export const commandLineParser = (args: readonly string[]): Argv =>
  yargs([...args])
    .scriptName('boxoffice')
    .usage('$0 <group> <verb>: operator commands of Boxoffice')
    .command([...GROUPS, completion])
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'Print one JSON document on stdout',
    })
    .demandCommand(1, 'Name a command.')
    .strict()
    .recommendCommands()
    .version(version())
    .locale('en')
    .wrap(WIDTH)
    .epilog(`Exit codes:\n${exitCodes.join('\n')}\n\nMore: docs/reference/cli.md`)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new Misuse(message.replace(/^Did you mean/, 'Unknown command. $&'));
    });
