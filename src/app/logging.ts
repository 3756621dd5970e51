import type { ConsoleLogger, LogLevel } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { PrintableLogger } from './printable-logger.js';

const LEVELS: LogLevel[] = ['debug', 'log', 'warn', 'error', 'fatal'];

/** Lines for people; JSON in production. */
export function openLogger(
  { logLevel, environment }: Config,
  without: LogLevel[] = [],
): ConsoleLogger {
  const from =
    logLevel === 'silent' ? LEVELS.length : LEVELS.indexOf(logLevel === 'info' ? 'log' : logLevel);
  const logLevels = LEVELS.slice(from).filter((level) => !without.includes(level));
  const json = environment === 'production';
  // On a terminal Nest decides: it honors NO_COLOR.
  const colors = json || !process.stdout.isTTY ? false : undefined;
  return new PrintableLogger('Boxoffice', { logLevels, json, colors });
}
