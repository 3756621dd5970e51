import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

declare global {
  var boxofficeTestDirectory: string | undefined;
}

/** Data directories are named by their process, so that those of a killed run can be found. */
const PREFIX = 'boxoffice-test-';

/**
 * Prepares a Postgres that each test process starts a copy of, unless TEST_DATABASE_URL names one
 * for all. They share none, because a transaction of one suite withholds the log from all
 * databases of a server.
 */
export default async function setUp(): Promise<void> {
  const { makeTemplate } = await import('./services/database.js');
  const { migrate } = await import('../../src/read-models/tables/migrate.js');
  const { TEST_DATABASE_URL } = process.env;
  if (TEST_DATABASE_URL) {
    process.env.TEST_SERVER_URL = TEST_DATABASE_URL;
    return makeTemplate(TEST_DATABASE_URL, migrate);
  }
  await sweep();
  const directory = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  // Private by default; started by root, Postgres runs as another account that has to enter.
  await chmod(directory, 0o755);
  globalThis.boxofficeTestDirectory = directory;
  process.env.TEST_POSTGRES_DIRECTORY = directory;
  const { startTestServer } = await import('./services/test-server.js');
  const postgres = await startTestServer(directory);
  await makeTemplate(postgres.url, migrate);
  await postgres.stop();
}

/** Ends and removes what killed runs have left. */
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
