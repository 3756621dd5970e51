import { readFile, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { LOCK, OWNER } from './home.js';
import { takeOwnerLock } from './owner-lock.js';
import { stopOrphan } from './server.js';

/**
 * Removes databases kept beside `home` whose data directory was a temporary one and is gone: nobody
 * can come back to them. One elsewhere is left alone; its directory may only be out of sight, as an
 * unmounted disk is.
 */
export async function removeAbandoned(home: string, log: (message: string) => void): Promise<void> {
  const temporary = (await realpath(tmpdir())) + sep;
  for (const name of await readdir(dirname(home))) {
    const other = join(dirname(home), name);
    const owner = (await readFile(join(other, OWNER), 'utf8').catch(() => '')).trim();
    if (other === home || !owner.startsWith(temporary) || (await exists(owner))) continue;
    const unlock = await takeOwnerLock(join(other, LOCK), `The database of ${owner}`).catch(
      () => undefined,
    );
    if (!unlock) continue;
    await stopOrphan(other);
    await rm(other, { recursive: true, force: true });
    log(`Removed ${other}: the temporary directory ${owner} that it belonged to is gone.`);
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
