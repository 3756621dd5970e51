import { token } from '../../ports/shared/token.js';
import type { SettlementWaits } from '../payment/payment-settlement.js';

/** Other waits than in production, for tests. Milliseconds. */
export interface ProcessWaits {
  /** Between two scans of a process. */
  readonly scanMs?: number;
  readonly settlement?: Partial<SettlementWaits>;
}

export const PROCESS_WAITS = token<ProcessWaits>('ProcessWaits');
