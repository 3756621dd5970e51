import type { Admission } from './admission.js';

/**
 * Restores a queue after a loss of its state. Numbering continues above every number that may have
 * been issued, and calling continues from the last known place, with empty buckets. Numbers without
 * a known holder are skipped. If their holders ask, they are called in the order of their numbers,
 * before all later ones.
 */
export function restored(
  admission: Admission,
  known: {
    readonly issued: number;
    readonly nowServing: number;
    readonly lastGiven: number | undefined;
  },
): Admission {
  const { issued, lastGiven } = known;
  admission.issued = issued;
  admission.ceiling = issued;
  admission.serving = Math.min(known.nowServing, issued);
  if (lastGiven !== undefined && lastGiven < issued) {
    admission.gap = { after: Math.max(lastGiven, admission.serving), upTo: issued };
  }
  return admission;
}
