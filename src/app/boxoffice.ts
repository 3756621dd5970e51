import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { refuseSharedKeys } from '../adapters/ticket/signing-keys.module.js';
import type { Config } from '../config/config.js';
import { createHttpApplication } from '../http/platform/server/application.js';
import type { Token } from '../ports/shared/token.js';
import { SERVICE_ADDRESS } from '../ports/shared/tokens.js';
import type { Log } from '../ports/system/log.js';
import { AppModule, type Waits } from './app.module.js';
import { rememberInstances } from './created-instances.js';
import { openLogger, openNestLogger } from './logging.js';

/** A running service. */
export interface Boxoffice {
  readonly app: NestFastifyApplication;
  readonly logger: LoggerService;
  /** `http://host:port`. */
  readonly url: string;
  /** Returns what a token or a class stands for, for entry points, benchmarks and tests. */
  get<T>(key: Token<T> | (abstract new (...args: never[]) => T)): T;
  /** Ends requests, then processes, then projections, then everything that was opened. */
  close(): Promise<void>;
}

/**
 * Opens everything that the configuration names, brings the tables up to date, and serves.
 * @throws Error when something cannot be opened; then everything is closed again
 */
export async function startBoxoffice(config: Config, waits: Waits = {}): Promise<Boxoffice> {
  const logger = openLogger(config);
  const log: Log = {
    log: (message) => void logger.log(message),
    warn: (message) => void logger.warn(message),
    error: (message) => void logger.error(message),
  };
  if (config.environment === 'production') refuseSharedKeys(config);
  const instances = rememberInstances(log.error);
  const app = await createHttpApplication(AppModule.with({ config, log, waits }), {
    ...instances.options,
    logger: openNestLogger(config),
    abortOnError: false,
    trustedProxies: config.protection.trustedProxies,
  }).catch(async (error: unknown) => {
    await instances.close();
    throw error;
  });
  const end = async () => {
    await app.close().catch(async (error: Error) => {
      log.error(`while closing: ${error.message}`);
      await instances.close();
    });
  };
  let ending: Promise<void> | undefined;
  const close = () => (ending ??= end());
  const get: Boxoffice['get'] = (key) => app.get(key as Token<never>);
  try {
    await app
      .listen(config.port, config.host)
      .catch((error: Error) => refuseAddress(config, error));
    const url = await app.getUrl();
    get(SERVICE_ADDRESS).announce(url);
    return { app, logger, url, get, close };
  } catch (error) {
    // A timer, because a process with nothing else to wait for would end without a word.
    const closed = new AbortController();
    const timer = sleep(config.shutdownSeconds * 1_000, undefined, closed).catch(() => {});
    await Promise.race([close(), timer]);
    closed.abort();
    throw error;
  }
}

/** Says what is wrong with the configured address, and what to do. @throws Error */
function refuseAddress({ host, port }: Config, error: NodeJS.ErrnoException): never {
  const why: Record<string, string> = {
    EADDRINUSE:
      `port ${port} of ${host} is in use by another ` + 'process: end that, or set PORT to another',
    EACCES: `this account may not use port ${port}: set PORT to one above 1023`,
    EADDRNOTAVAIL: `this machine has no address ${host}: set HOST to one that it has`,
  };
  throw new Error(why[error.code ?? ''] ?? error.message, { cause: error });
}
