import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Boxoffice } from './app/boxoffice.js';
import {
  ConfigError,
  configFromEnvironment,
  describeSettings,
  type Config,
} from './config/config.js';
import { version } from './app/version.js';

const USAGE = `Boxoffice sells seats.

  npm start
  node dist/main.js [--help] [--version]

`;

/** Venues and events loaded between two lines of the log. */
const PROGRESS_STEP = 25;

/**
 * One Ctrl-C may arrive twice, from the terminal and passed on by npm; only a signal this much
 * later is a second one. Milliseconds.
 */
const SAME_SIGNAL_MS = 1_000;

const asked = readArguments();
if (asked.help)
  process.stdout.write(
    `${USAGE}Settings, all optional, from the environment:\n\n${describeSettings()}\n`,
  );
else if (asked.version) process.stdout.write(`${version()}\n`);
else await run();

function readArguments(): { help?: boolean; version?: boolean } {
  try {
    const options = {
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    // What follows the first sentence is advice for other programs.
    const [problem] = (error as Error).message.split(/\. /);
    process.stderr.write(
      `${problem}.\n\n${USAGE}Everything else is set in the environment: see --help.\n`,
    );
    process.exit(2);
  }
}

/** The service is loaded once the settings are known to be usable: loading it takes seconds. */
async function run(): Promise<void> {
  const config = readConfigOrExit();
  await import('reflect-metadata');
  const { startBoxoffice } = await import('./app/boxoffice.js');
  const { openLogger } = await import('./app/logging.js');
  for (const warning of config.warnings) openLogger(config).warn(warning);
  const boxoffice = await startBoxoffice(config).catch((error: Error) => {
    process.stderr.write(`Boxoffice did not start: ${error.message}\n`);
    process.exit(1);
  });
  const stopping = new AbortController();
  stopOnSignals(boxoffice, config, stopping);
  process.send?.({ url: boxoffice.url });
  if (config.samples) await loadSamplesInBackground(boxoffice, stopping.signal);
  // The last line of the start, where an operator looks.
  if (!stopping.signal.aborted)
    boxoffice.logger.log(`Boxoffice serves at ${boxoffice.url} (API: ${boxoffice.url}/docs)`);
}

function readConfigOrExit(): Config {
  try {
    return configFromEnvironment();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

/** The first start takes a while to load the samples; the service answers meanwhile. */
async function loadSamplesInBackground(
  { get, logger, url }: Boxoffice,
  signal: AbortSignal,
): Promise<void> {
  try {
    const [{ CommandBus }, { EVENT_STORE }, { loadSamples }] = await Promise.all([
      import('@nestjs/cqrs'),
      import('./ports/shared/tokens.js'),
      import('./demo/load-samples.js'),
    ]);
    await loadSamples({
      directory: join(import.meta.dirname, '..', 'samples'),
      bus: get(CommandBus),
      eventStore: get(EVENT_STORE),
      now: Date.now(),
      onProgress: ({ done, total, what }) => {
        if (done === 0) logger.log(`Boxoffice serves at ${url} and loads the samples`);
        else if (done % PROGRESS_STEP === 0 || done === total)
          logger.log(`samples: ${done} of ${total} (${what})`);
      },
      signal,
    });
  } catch (error) {
    if (!signal.aborted)
      logger.error(`samples not loaded, the next start tries again: ${(error as Error).message}`);
  }
}

/** The first signal ends in order, within a time; a second one ends at once. */
function stopOnSignals(boxoffice: Boxoffice, config: Config, stopping: AbortController): void {
  let firstAt: number | undefined;
  const stop = (signal: NodeJS.Signals) => {
    if (firstAt !== undefined) {
      if (Date.now() - firstAt > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    firstAt = Date.now();
    stopping.abort();
    boxoffice.logger.log(`${signal}: ending what is under way`);
    setTimeout(() => {
      boxoffice.logger.error(`not ended within ${config.shutdownSeconds} s`);
      process.exit(1);
    }, config.shutdownSeconds * 1_000).unref();
    void boxoffice.close().then(() => {
      const seconds = ((Date.now() - firstAt!) / 1_000).toFixed(1);
      boxoffice.logger.log(
        `requests, projections and stores ended in order, within ${seconds} s: stopped`,
      );
      process.exit(0);
    });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
