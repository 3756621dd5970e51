import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedPostgres } from '../../src/adapters/postgres/embedded-postgres.js';

declare global {
  var boxofficeTestServer: { directory: string; postgres: EmbeddedPostgres } | undefined;
}

/** Data directories are named by their process, so that those of a killed run can be found. */
const PREFIX = 'boxoffice-test-';

/** As in production, but without checkpoints during a test run. */
const TEST_SETTINGS = { checkpoint_timeout: '1h', max_wal_size: '8GB', shared_buffers: '128MB' };

/**
 * Starts one Postgres for the whole run, unless TEST_DATABASE_URL names one. Workers find its URL
 * in the environment.
 */
export default async function setUp(): Promise<void> {
  process.env.TEST_SERVER_URL = process.env.TEST_DATABASE_URL ?? (await startServer());
  const { migrate } = await import('../../src/read-models/tables/migrate.js');
  const { makeTemplate } = await import('./services/database.js');
  await makeTemplate(process.env.TEST_SERVER_URL, migrate);
}

async function startServer(): Promise<string> {
  const { startEmbeddedPostgres } =
    await import('../../src/adapters/postgres/embedded-postgres.js');
  await sweep();
  const directory = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  // Private by default; started by root, Postgres runs as another account that has to enter.
  await chmod(directory, 0o755);
  const log: string[] = [];
  const postgres = await startEmbeddedPostgres({
    dataDirectory: directory,
    settings: TEST_SETTINGS,
    log: (message) => log.push(message),
  }).catch((error: unknown) => {
    throw new Error(['The test database did not start.', ...log, String(error)].join('\n'), {
      cause: error,
    });
  });
  globalThis.boxofficeTestServer = { directory, postgres };
  return postgres.url;
}

/** Ends and removes what runs that were killed have left behind. */
async function sweep(): Promise<void> {
  const { stopOrphan } = await import('../../src/adapters/postgres/server.js');
  const { processIdentity } = await import('../../src/adapters/postgres/processes.js');
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1] ?? 0);
    if (pid === 0 || (await processIdentity(pid)) !== undefined) continue;
    await stopOrphan(join(tmpdir(), name)).catch(() => undefined);
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}
