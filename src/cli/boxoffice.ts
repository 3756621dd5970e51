#!/usr/bin/env node
import { hideBin } from 'yargs/helpers';
import { ConfigError } from '../config/config.js';
import { EXIT, Misuse, Refused, Unavailable, type ExitCode } from './exit-codes.js';
import { commandLineParser } from './parser.js';
import { tell } from './verb.js';

// Whoever reads may have seen enough: `boxoffice … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.fine);
});

try {
  await commandLineParser(hideBin(process.argv)).parseAsync();
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
