import { AdvancePaymentCommand } from '../commands/advance-payment.js';
import type { OpenPayment } from '../read-models/payments-queries.js';
import {
  contextOfProcess,
  startScanning,
  workThrough,
  type Scanning,
  type ScanningParts,
} from './scanning.js';

/** Payments looked at by one scan. */
const MAX_PER_SCAN = 2_000;
/** Payments worked on at once. */
const AT_ONCE = 8;

/** Milliseconds. */
export interface SettlementWaits {
  /** What has just moved is left to whoever moved it. */
  readonly graceMs: number;
  /** A charge without an answer for this long is asked about. */
  readonly inquiryAfterMs: number;
  /** Between two attempts at the same payment, doubling up to the last. */
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
}

export const SETTLEMENT_WAITS: SettlementWaits = {
  graceMs: 2_000,
  inquiryAfterMs: 5_000,
  firstRetryMs: 2_000,
  lastRetryMs: 300_000,
};

/** Payments that a scan leaves out because they rest. */
const MAX_RESTING = 20_000;

export interface PaymentSettlementParts extends ScanningParts {
  /** The quiet for longest first, none of `leaveOut`. */
  openPayments(unchangedSince: number, limit: number, leaveOut: readonly string[]): Promise<OpenPayment[]>;
  execute(command: AdvancePaymentCommand): Promise<unknown>;
  /** Other than `SETTLEMENT_WAITS`. */
  waits?: Partial<SettlementWaits>;
}

/**
 * Brings every payment to its end that its own request did not: charges that the provider never answered, captures
 * whose process died, refunds that are owed. It keeps nothing that matters in memory; what is open is asked of the
 * read model at every scan, and doing a step twice does nothing.
 */
export function startPaymentSettlement(parts: PaymentSettlementParts): Scanning {
  const { clock, randomness, log } = parts;
  const { graceMs, inquiryAfterMs, firstRetryMs, lastRetryMs } = { ...SETTLEMENT_WAITS, ...parts.waits };
  /** Those that rest between two attempts: left out of a scan, or they would keep all others waiting. */
  const waiting = new Map<string, { tries: number; until: number }>();

  const advance = async ({ reservationId }: OpenPayment) => {
    const tries = (waiting.get(reservationId)?.tries ?? 0) + 1;
    // Also after success: the read model may show it as open for a moment longer.
    const pause = Math.min(firstRetryMs * 2 ** (tries - 1), lastRetryMs);
    waiting.set(reservationId, { tries, until: clock.now() + pause * (1 + randomness.fraction() / 2) });
    const silentSince = clock.now() - inquiryAfterMs;
    const command = new AdvancePaymentCommand(
      reservationId,
      silentSince,
      contextOfProcess('payment-settlement', randomness),
    );
    await parts.execute(command).catch((error: Error) => {
      log(`payment of ${reservationId} not settled, try ${tries}: ${error.message}`);
    });
  };

  return startScanning(parts, 'payments not settled', async (stopping) => {
    const now = clock.now();
    const resting = [...waiting].filter(([, { until }]) => until > now).map(([id]) => id);
    const open = await parts.openPayments(now - graceMs, MAX_PER_SCAN, resting.slice(0, MAX_RESTING));
    const known = new Set([...resting, ...open.map(({ reservationId }) => reservationId)]);
    for (const id of waiting.keys()) if (!known.has(id)) waiting.delete(id);
    // A charge that is young is waited for by its own request.
    const due = open.filter(({ pending, changedAt }) => !(pending && changedAt > now - inquiryAfterMs));
    await workThrough(due, AT_ONCE, stopping, advance);
  });
}
