import type { Clock } from '../../ports/system/clock.js';
import type { ReadinessCheck, ReadinessState } from './node-state.js';

/** Longest wait for one check. Milliseconds. */
const CHECK_MS = 2_000;
const OK: ReadinessState = { state: 'ok', isReady: true };
const FAILED: ReadinessState = { state: 'failed', isReady: false };

export interface Readiness {
  /** Whether every check that is not optional is ready. */
  readonly isReady: boolean;
  /** State of each check by its name. */
  readonly checks: Readonly<Record<string, string>>;
  /** Causes of the checks that name one, for an operator; missing if there are none. */
  readonly causes?: Readonly<Record<string, string>>;
}

/** Runs all checks at once. A check that fails or does not answer in time counts as failed. */
export async function checkReadiness(
  readinessChecks: readonly ReadinessCheck[],
  clock: Clock,
): Promise<Readiness> {
  let isReady = true;
  const checks: Record<string, string> = {};
  const causes: Record<string, string> = {};
  const states = await Promise.all(readinessChecks.map((check) => stateOf(check, clock)));
  for (const [at, { name, optional }] of readinessChecks.entries()) {
    const { state, isReady: isCheckReady, cause } = states[at]!;
    checks[name] = state;
    if (cause !== undefined) causes[name] = cause;
    if (!isCheckReady && !optional) isReady = false;
  }
  return { isReady, checks, ...(Object.keys(causes).length > 0 && { causes }) };
}

/** The reason of a failed check is logged where it fails, and not shown to the caller. */
async function stateOf(check: ReadinessCheck, clock: Clock): Promise<ReadinessState> {
  const answered = new AbortController();
  const passed = check.check().then(
    (state) => state ?? OK,
    () => FAILED,
  );
  const late = clock.sleep(CHECK_MS, answered.signal).then(() => FAILED);
  const state = await Promise.race([passed, late]);
  answered.abort();
  return state;
}
