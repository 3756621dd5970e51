import type { Admission } from './admission.js';

/**
 * Sets up anew what is lost. The counter goes on above every number that can have been given, and calling goes on where it was last
 * seen, with empty buckets. Numbers that are not known to be somebody's are passed over; whose they are comes forward then, and is
 * called in the order of the numbers, before anybody behind.
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
