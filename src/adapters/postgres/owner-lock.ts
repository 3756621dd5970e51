import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { processIdentity } from './processes.js';

interface Owner {
  pid: number;
  /**
   * Tells a process from a later one that got the same pid; empty where the system does not say.
   */
  identity: string;
}

/** Rounds of meeting a dead owner's lock before giving up. */
const MAX_ATTEMPTS = 20;

/**
 * Takes the lock file `path` for this process; a lock whose process is gone is taken over.
 * @returns a function that gives it back
 * @throws Error naming the process that holds it
 */
export async function takeOwnerLock(
  path: string,
  what: string,
  remedy = 'give this one another DATA_DIR',
): Promise<() => Promise<void>> {
  const mine = JSON.stringify({
    pid: process.pid,
    identity: (await processIdentity(process.pid)) ?? '',
  });
  const candidate = `${path}.${process.pid}.${randomUUID()}`;
  await writeFile(candidate, mine, { mode: 0o644 });
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (await linked(candidate, path)) return () => rm(path, { force: true });
      const held = await readFile(path, 'utf8').catch(() => undefined);
      if (held === undefined) continue;
      const owner = parseOwner(held);
      if (owner && (await isAlive(owner))) throw new Error(refusal(owner, what, path, remedy));
      await discard(path, held);
    }
  } finally {
    await rm(candidate, { force: true });
  }
  throw new Error(`Could not take the lock file ${path}.`);
}

function refusal(owner: Owner, what: string, path: string, remedy: string): string {
  const user = owner.pid === process.pid ? 'this very process' : `the running process ${owner.pid}`;
  return `${what} is in use by ${user} (lock file ${path}). Stop it first, or ${remedy}.`;
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Moves the dead lock aside first: a lock taken meanwhile by another process is put back.
 */
async function discard(path: string, expected: string): Promise<void> {
  const stalePath = `${path}.stale.${randomUUID()}`;
  try {
    await rename(path, stalePath);
  } catch {
    return;
  }
  if ((await readFile(stalePath, 'utf8')) !== expected) await linked(stalePath, path);
  await rm(stalePath, { force: true });
}

function parseOwner(text: string): Owner | undefined {
  try {
    const { pid, identity } = JSON.parse(text) as Partial<Owner>;
    return Number.isInteger(pid) && typeof identity === 'string'
      ? { pid: pid!, identity }
      : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  const identity = await processIdentity(owner.pid);
  return identity !== undefined && (owner.identity === '' || identity === owner.identity);
}
