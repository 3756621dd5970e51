import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPassword } from './cluster.js';
import { DATABASE, PORT } from './embedded-postgres.js';
import { POINTER } from './home.js';
import { urlOf, withClient } from './server.js';

/**
 * Returns the URL of the embedded Postgres that another process runs on this data directory,
 * without starting, locking or stopping anything. Undefined when none answers.
 * @throws Error when this user may not read its password
 */
export async function findRunningPostgres(dataDirectory: string): Promise<string | undefined> {
  const text = (path: string) => readFile(path, 'utf8').catch(() => undefined);
  const home = (await text(join(dataDirectory, POINTER)))?.trim() ?? dataDirectory;
  const port = Number(await text(join(home, PORT)));
  if (!port) return undefined;
  const url = urlOf(port, await readPassword(home), DATABASE);
  // The port is remembered after the server has gone, and may be somebody else's by now: the
  // password tells.
  return withClient(url, (client) => client.query('select 1')).then(
    () => url,
    () => undefined,
  );
}
