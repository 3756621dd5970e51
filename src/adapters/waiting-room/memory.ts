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

interface Kept {
  readonly admission: Admission;
  readonly generation: string;
}

/**
 * Admissions of one process. After a restart they are restored from the log and from signed
 * numbers.
 */
export function openAdmissionsInMemory(clock: Clock): Admissions {
  const rows = new Map<string, Kept>();
  const keptOf = (row: string): Kept => {
    const kept = rows.get(row);
    if (!kept) throw new AdmissionsLost(row);
    return kept;
  };
  const admissionOf = (row: string): Admission => keptOf(row).admission;

  return {
    advance: async (row, rules) => {
      const admission = admissionOf(row);
      advance(admission, rules, clock.now());
      return viewOf(admission);
    },
    takeNumber: async (row, account, shown) => takeNumber(admissionOf(row), account, shown),
    trade: async (row, rules, turn) => {
      const { admission, generation } = keptOf(row);
      return { ...trade(admission, rules, turn, clock.now()), generation };
    },
    walkIn: async (row, rules, who) => {
      const { admission, generation } = keptOf(row);
      const slot = walkIn(admission, rules, who, clock.now());
      return typeof slot === 'object' ? { passId: slot.passId, generation } : slot;
    },
    usePass: async (row, rules, use) => {
      const { admission, generation } = keptOf(row);
      if (use.generation !== generation) return 'outdated';
      return usePass(admission, rules, use, clock.now());
    },
    settleUse: async (row, use) => settleUse(admissionOf(row), use, clock.now()),
    leave: async (row, accounts) => leave(admissionOf(row), accounts),
    shoppers: async (row, limit) => {
      const used = Array.from(admissionOf(row).inside).flatMap(([account, { reservationId }]) =>
        reservationId === undefined ? [] : [{ account, reservationId }],
      );
      return used.slice(0, limit);
    },
    raiseCeiling: async (row, ceiling) => {
      const admission = admissionOf(row);
      admission.ceiling = Math.max(admission.ceiling, ceiling);
    },
    restore: async (row, known) => {
      if (rows.has(row)) return;
      rows.set(row, {
        admission: restored(openAdmission(clock.now()), known),
        generation: known.generation,
      });
    },
    drop: async (row) => void rows.delete(row),
    close: async () => rows.clear(),
  };
}
