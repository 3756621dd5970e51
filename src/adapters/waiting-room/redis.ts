import type { Redis } from 'ioredis';
import type { AdmissionView } from '../../domain/waiting-room/admission.js';
import type { Admissions } from '../../ports/waiting-room/admissions.js';
import { openNumberBatches } from './redis-numbers.js';
import { openAdmissionsCalls, type Reply } from './redis-script.js';

/**
 * Admissions shared by all nodes through Redis. Its data may be lost at any time, which is reported
 * as `AdmissionsLost`. A Redis that was restored from an old file and has less than this node has
 * seen counts as lost too.
 * @param now milliseconds since the epoch, for tests; by default the time of Redis, which is the
 * same for all nodes
 */
export function openAdmissionsInRedis(
  client: Redis,
  now: () => number | undefined = () => undefined,
  /** Share of the memory of Redis in use. */
  usedMemory: () => Promise<number> = () => Promise.resolve(0),
): Admissions {
  const calls = openAdmissionsCalls(client, now);
  const batches = openNumberBatches(calls, usedMemory);
  const { run } = calls;
  return {
    advance: async (queue, rules) => {
      const view = viewOf(await run(queue, 'advance', { rules }));
      calls.noteIssued(queue, view.issued);
      return view;
    },
    takeNumber: (queue, account, shown) => batches.take(queue, account, shown),
    trade: async (queue, rules, turn) => {
      const [status, generation, passId, expiresAt] = await run(queue, 'trade', { rules, ...turn });
      return (
        status === 'admitted' ? { status, generation, passId, expiresAt } : { status, generation }
      ) as Awaited<ReturnType<Admissions['trade']>>;
    },
    walkIn: async (queue, rules, who) => {
      const [status, generation, passId] = await run(queue, 'walkIn', { rules, ...who });
      if (status === 'ceiling-reached') return status;
      return status === 'ok'
        ? { passId: passId as string, generation: generation as string }
        : undefined;
    },
    usePass: async (queue, rules, use) => {
      const [status] = await run(queue, 'usePass', { rules, ...use });
      return status as 'granted' | 'spent' | 'in-use' | 'outdated';
    },
    settleUse: async (queue, use) => void (await run(queue, 'settleUse', use)),
    leave: async (queue, accounts) => void (await run(queue, 'leave', { accounts })),
    shoppers: async (queue, limit) => {
      const [, ...found] = (await run(queue, 'shoppers', { limit })) as string[];
      return Array.from({ length: found.length / 2 }, (_, at) => ({
        account: found[2 * at]!,
        reservationId: found[2 * at + 1]!,
      }));
    },
    raiseCeiling: async (queue, ceiling) => void (await run(queue, 'raiseCeiling', { ceiling })),
    restore: async (queue, known) => void (await run(queue, 'restore', known)),
    drop: (queue) => calls.drop(queue),
    // The opener closes the connection.
    close: () => Promise.resolve(),
  };
}

function viewOf([, ...values]: Reply): AdmissionView {
  const [issued, nowServing, pace, called, late, inside, admitted, noShows, left, timedOut] =
    values as number[];
  return {
    issued: issued!,
    nowServing: nowServing!,
    pace: pace! < 0 ? undefined : pace!,
    called: called!,
    late: late!,
    inside: inside!,
    counts: { admitted: admitted!, noShows: noShows!, left: left!, timedOut: timedOut! },
  };
}
