import type { AdmissionRules } from '../../src/domain/waiting-room/admission.js';
import type { Admissions } from '../../src/ports/waiting-room/admissions.js';

/**
 * Admissions with nothing in them but what the suite puts there, on a clock that the suite moves.
 */
export interface AdmissionsUnderTest {
  readonly admissions: Admissions;
  /** Milliseconds since the epoch. */
  now: number;
  /** Everything that is kept is gone. */
  loseAll(): Promise<void>;
  stop(): Promise<void>;
}

export const RULES: AdmissionRules = {
  ...{ admitting: true, perMinute: 600, maxShoppers: 3 },
  ...{ passMs: 60_000, claimMs: 10_000 },
};
export const GENERATION = 'generation-1';
export const TEN_A_SECOND = { ...RULES, maxShoppers: 100 };
