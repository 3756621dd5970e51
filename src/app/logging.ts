import type { ConsoleLogger, LogLevel } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { PrintableLogger } from './printable-logger.js';

const LEVELS: LogLevel[] = ['debug', 'log', 'warn', 'error', 'fatal'];

/** Lines for people; JSON in production. */
export const openLogger = (config: Config): ConsoleLogger =>
  new PrintableLogger('Boxoffice', optionsOf(config));

/** For Nest's own lines: it logs every route that it maps, and its warnings are enough. */
export const openNestLogger = (config: Config): ConsoleLogger =>
  new NestLogger('Boxoffice', optionsOf(config, ['log', 'debug']));

/** A failed start is reported by the caller, who gets the error. */
class NestLogger extends PrintableLogger {
  override error(message: unknown, ...rest: unknown[]): void {
    if (rest.at(-1) !== 'ExceptionHandler') super.error(message, ...rest);
  }
}

function optionsOf({ logLevel, environment }: Config, without: LogLevel[] = []) {
  const from =
    logLevel === 'silent' ? LEVELS.length : LEVELS.indexOf(logLevel === 'info' ? 'log' : logLevel);
  const logLevels = LEVELS.slice(from).filter((level) => !without.includes(level));
  const json = environment === 'production';
  // On a terminal Nest decides: it honors NO_COLOR.
  const colors = json || !process.stdout.isTTY ? false : undefined;
  return { logLevels, json, colors };
}
