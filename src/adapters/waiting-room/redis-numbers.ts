import { AdmissionsFull } from '../../ports/waiting-room/admissions.js';
import type { TakenNumber } from '../../domain/waiting-room/numbers.js';
import type { AdmissionsCalls } from './redis-script.js';

/** Numbers issued in one call: Redis must answer far within half a second. */
const MAX_BATCH = 500;

/**
 * Shares of the memory of Redis. Above the first, large queues issue no more numbers; above the
 * second, no queue does. The rest is for admission and for everything else in Redis.
 */
export const MEMORY = { large: 0.85, full: 0.95 };
const LARGE_QUEUE = 100_000;
/** 0: no number; -1: no memory for a number. */
interface Taken {
  readonly number: number;
  readonly since: number;
}

interface WaitingRequest {
  readonly account: string;
  /** 0: none. */
  readonly shown: number;
  resolve(taken: Taken): void;
  reject(error: Error): void;
}

/**
 * Requests of one event loop iteration are sent in one call, in order of arrival.
 * @param usedMemory share of the memory of Redis in use
 */
export function openNumberBatches(
  { run, noteIssued }: AdmissionsCalls,
  usedMemory: () => Promise<number>,
) {
  const batches = new Map<string, WaitingRequest[]>();
  const send = (queue: string): void => {
    const batch = batches.get(queue);
    if (!batch) return;
    batches.delete(queue);
    const args = {
      accounts: batch.map(({ account }) => account),
      shown: batch.map(({ shown }) => shown),
    };
    highestNumber(usedMemory)
      .then((most) => run(queue, 'takeNumbers', { ...args, ...(most !== undefined && { most }) }))
      .then(
        ([, ...taken]) =>
          batch.forEach(({ resolve }, at) =>
            resolve({ number: taken[2 * at] as number, since: taken[2 * at + 1] as number }),
          ),
        (error: Error) => batch.forEach(({ reject }) => reject(error)),
      );
  };
  const request = (queue: string, account: string, shown: number): Promise<Taken> =>
    new Promise((resolve, reject) => {
      const waiting = { account, shown, resolve, reject };
      const batch = batches.get(queue);
      if (batch && batch.push(waiting) < MAX_BATCH) return;
      if (batch) return send(queue);
      batches.set(queue, [waiting]);
      setImmediate(send, queue);
    });
  return {
    /** @throws AdmissionsFull, and the errors of a call */
    async take(queue: string, account: string, shown = 0): Promise<TakenNumber> {
      const { number, since } = await request(queue, account, shown);
      if (number === 0) return 'ceiling-reached';
      if (number < 0)
        throw new AdmissionsFull('Redis has too little memory left for more numbers.');
      noteIssued(queue, number);
      return { number, ...(since > 0 && { since }) };
    },
  };
}

/** Returns the highest number that may be issued; undefined: no limit. */
async function highestNumber(usedMemory: () => Promise<number>): Promise<number | undefined> {
  // A failed read is reported by the call itself.
  const used = await usedMemory().catch(() => 0);
  if (used >= MEMORY.full) return 0;
  return used >= MEMORY.large ? LARGE_QUEUE : undefined;
}
