import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Runs the embedded Postgres of the checkout in the working directory, with a count of its
 * statements. Argument: its data directory. Sends its URL.
 */
type Embedded = typeof import('../../src/adapters/postgres/embedded-postgres.js');

const built = join(process.cwd(), '.bench/src/adapters/postgres/embedded-postgres.js');
const { startEmbeddedPostgres } = (await import(pathToFileURL(built).href)) as Embedded;
const postgres = await startEmbeddedPostgres({
  dataDirectory: process.argv[2]!,
  log: () => {},
  settings: { shared_preload_libraries: 'pg_stat_statements' },
});
const stop = () => void postgres.stop().then(() => process.exit());
process.once('SIGTERM', stop).once('disconnect', stop);
process.send!(postgres.url);
