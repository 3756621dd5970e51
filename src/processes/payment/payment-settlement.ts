import { AdvancePaymentCommand } from '../../commands/payment/advance-payment.js';
import {
  ASK_ABOUT_REFUND_AFTER_MS,
  type ExcludedPayments,
  type OpenPayment,
} from '../../read-models/payment/payments-queries.js';
import {
  contextOfProcess,
  startScanning,
  workThrough,
  type Scanning,
  type ScanningParts,
} from '../shared/scanning.js';

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

/** Payments of each kind that a scan leaves out because they rest. */
const MAX_RESTING = 20_000;

export interface PaymentSettlementParts extends ScanningParts {
  /** As `PaymentQueries.open`. */
  openPayments(
    unchangedSince: number,
    limit: number,
    leaveOut: ExcludedPayments,
  ): Promise<OpenPayment[]>;
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
  const { graceMs, inquiryAfterMs, firstRetryMs, lastRetryMs } = {
    ...SETTLEMENT_WAITS,
    ...parts.waits,
  };
  /** Those that rest between two attempts: left out of a scan, or they would keep all others waiting. */
  const waiting = new Map<string, { tries: number; until: number; awaiting: boolean }>();

  const advance = async ({ reservationId, awaiting }: OpenPayment) => {
    const before = waiting.get(reservationId);
    const tries = before?.awaiting === awaiting ? before.tries + 1 : 1;
    // Also after success: the read model may show it as open for a moment longer.
    const pause = awaiting
      ? ASK_ABOUT_REFUND_AFTER_MS
      : Math.min(firstRetryMs * 2 ** (tries - 1), lastRetryMs);
    const until = clock.now() + pause * (1 + randomness.fraction() / 2);
    waiting.set(reservationId, { tries, until, awaiting });
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
    const resting = [...waiting].filter(([, { until }]) => until > now);
    const restingIds = (kind: boolean) =>
      resting
        .flatMap(([id, { awaiting }]) => (awaiting === kind ? [id] : []))
        .slice(0, MAX_RESTING);
    const leaveOut = { due: restingIds(false), awaiting: restingIds(true) };
    const open = await parts.openPayments(now - graceMs, MAX_PER_SCAN, leaveOut);
    const known = new Set([
      ...resting.map(([id]) => id),
      ...open.map(({ reservationId }) => reservationId),
    ]);
    for (const id of waiting.keys()) if (!known.has(id)) waiting.delete(id);
    const rests = ({ reservationId, awaiting }: OpenPayment) => {
      const rest = waiting.get(reservationId);
      return rest?.awaiting === awaiting && rest.until > now;
    };
    // A charge that is young is waited for by its own request.
    const due = open.filter(
      (payment) =>
        !rests(payment) && !(payment.pending && payment.changedAt > now - inquiryAfterMs),
    );
    await workThrough(due, AT_ONCE, stopping, advance);
  });
}
