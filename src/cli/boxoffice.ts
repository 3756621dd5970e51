#!/usr/bin/env node
import { hideBin } from 'yargs/helpers';
import { ConfigError } from '../config/config.js';
import { EXIT, Misuse, Refused, Unavailable, type ExitCode } from './exit-codes.js';
import { commandLineParser } from './parser.js';
import { report } from './verb.js';

// The reader may close the pipe early, as `boxoffice … | head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.success);
});

try {
  await commandLineParser(hideBin(process.argv)).parseAsync();
} catch (error) {
  process.exitCode = reportError(error as Error);
}

function reportError(error: Error): ExitCode {
  report(error.message);
  if (error instanceof Misuse || error instanceof ConfigError) {
    if (error instanceof Misuse) report('See --help.');
    return EXIT.misuse;
  }
  if (error instanceof Unavailable) return EXIT.unavailable;
  if (!(error instanceof Refused)) report(error.stack ?? '');
  return EXIT.failed;
}
