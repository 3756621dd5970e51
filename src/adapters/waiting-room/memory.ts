import { advance, openAdmission, viewOf, type Admission } from '../../domain/waiting-room/admission.js';
import { leave, settleUse, takeNumber, trade, usePass, walkIn } from '../../domain/waiting-room/numbers.js';
import { restored } from '../../domain/waiting-room/restore.js';
import { AdmissionsLost, type Admissions } from '../../ports/admissions.js';
import type { Clock } from '../../ports/clock.js';

interface Kept {
  readonly admission: Admission;
  readonly generation: string;
}

/** For one process: what it keeps ends with it, and is set up again from the log and the numbers that are shown. */
export function openAdmissionsInMemory(clock: Clock): Admissions {
  const events = new Map<string, Kept>();
  const keptOf = (eventId: string): Kept => {
    const kept = events.get(eventId);
    if (!kept) throw new AdmissionsLost(eventId);
    return kept;
  };
  const admissionOf = (eventId: string): Admission => keptOf(eventId).admission;

  return {
    advance: async (eventId, rules) => {
      const admission = admissionOf(eventId);
      advance(admission, rules, clock.now());
      return viewOf(admission);
    },
    takeNumber: async (eventId, account, shown) => takeNumber(admissionOf(eventId), account, shown),
    trade: async (eventId, rules, turn) => {
      const { admission, generation } = keptOf(eventId);
      return { ...trade(admission, rules, turn, clock.now()), generation };
    },
    walkIn: async (eventId, rules, who) => {
      const { admission, generation } = keptOf(eventId);
      const slot = walkIn(admission, rules, who, clock.now());
      return typeof slot === 'object' ? { passId: slot.passId, generation } : slot;
    },
    usePass: async (eventId, rules, use) => {
      const { admission, generation } = keptOf(eventId);
      if (use.generation !== generation) return 'outdated';
      return usePass(admission, rules, use, clock.now());
    },
    settleUse: async (eventId, use) => settleUse(admissionOf(eventId), use, clock.now()),
    leave: async (eventId, accounts) => leave(admissionOf(eventId), accounts),
    shoppers: async (eventId, limit) => {
      const used = Array.from(admissionOf(eventId).inside).flatMap(([account, { reservationId }]) =>
        reservationId === undefined ? [] : [{ account, reservationId }],
      );
      return used.slice(0, limit);
    },
    raiseCeiling: async (eventId, ceiling) => {
      const admission = admissionOf(eventId);
      admission.ceiling = Math.max(admission.ceiling, ceiling);
    },
    restore: async (eventId, known) => {
      if (events.has(eventId)) return;
      events.set(eventId, {
        admission: restored(openAdmission(clock.now()), known),
        generation: known.generation,
      });
    },
    close: async () => events.clear(),
  };
}
