import {
  advance,
  openAdmission,
  viewOf,
  type Admission,
} from '../../domain/waiting-room/admission.js';
import {
  leave,
  settleUse,
  takeNumber,
  trade,
  usePass,
  walkIn,
} from '../../domain/waiting-room/numbers.js';
import { restored } from '../../domain/waiting-room/restore.js';
import { AdmissionsLost, type Admissions } from '../../ports/waiting-room/admissions.js';
import type { Clock } from '../../ports/system/clock.js';

interface StoredQueue {
  readonly admission: Admission;
  readonly generation: string;
}

/**
 * Admissions of one process. After a restart they are restored from the log and from signed
 * numbers.
 */
export function openAdmissionsInMemory(clock: Clock): Admissions {
  const queues = new Map<string, StoredQueue>();
  const storedOf = (queue: string): StoredQueue => {
    const kept = queues.get(queue);
    if (!kept) throw new AdmissionsLost(queue);
    return kept;
  };
  const admissionOf = (queue: string): Admission => storedOf(queue).admission;

  return {
    advance: async (queue, rules) => {
      const admission = admissionOf(queue);
      advance(admission, rules, clock.now());
      return viewOf(admission);
    },
    takeNumber: async (queue, account, shown) => takeNumber(admissionOf(queue), account, shown),
    trade: async (queue, rules, turn) => {
      const { admission, generation } = storedOf(queue);
      return { ...trade(admission, rules, turn, clock.now()), generation };
    },
    walkIn: async (queue, rules, who) => {
      const { admission, generation } = storedOf(queue);
      const slot = walkIn(admission, rules, who, clock.now());
      return typeof slot === 'object' ? { passId: slot.passId, generation } : slot;
    },
    usePass: async (queue, rules, use) => {
      const { admission, generation } = storedOf(queue);
      if (use.generation !== generation) return 'outdated';
      return usePass(admission, rules, use, clock.now());
    },
    settleUse: async (queue, use) => settleUse(admissionOf(queue), use, clock.now()),
    leave: async (queue, accounts) => leave(admissionOf(queue), accounts),
    shoppers: async (queue, limit) => {
      const used = Array.from(admissionOf(queue).inside).flatMap(([account, { reservationId }]) =>
        reservationId === undefined ? [] : [{ account, reservationId }],
      );
      return used.slice(0, limit);
    },
    raiseCeiling: async (queue, ceiling) => {
      const admission = admissionOf(queue);
      admission.ceiling = Math.max(admission.ceiling, ceiling);
    },
    restore: async (queue, known) => {
      if (queues.has(queue)) return;
      queues.set(queue, {
        admission: restored(openAdmission(clock.now()), known),
        generation: known.generation,
      });
    },
    drop: async (queue) => void queues.delete(queue),
    close: async () => queues.clear(),
  };
}
