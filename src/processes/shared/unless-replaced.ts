import type { AdvisoryLocks } from '../../read-models/tables/advisory-lock.js';

/**
 * Returns a function that runs work under an advisory lock. While the log is replaced nothing can
 * be appended, so the work is skipped.
 */
export const unlessReplaced =
  (log: { isReplaced(): boolean }, locks: AdvisoryLocks, name: string) =>
  async (work: () => Promise<void>): Promise<boolean> =>
    log.isReplaced() ? false : locks.withAdvisoryLock(name, work);
