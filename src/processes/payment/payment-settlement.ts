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

/** Payments read per scan. */
const MAX_PER_SCAN = 2_000;
/** Payments settled at the same time. */
const AT_ONCE = 8;

/** Milliseconds. */
export interface SettlementWaits {
  /** Payments that changed more recently are left to their own request. */
  readonly graceMs: number;
  /** The provider is asked about a charge without an outcome for this long. */
  readonly inquiryAfterMs: number;
  /** Pause between two attempts at the same payment, doubling from the first to the last. */
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
}

export const SETTLEMENT_WAITS: SettlementWaits = {
  graceMs: 2_000,
  inquiryAfterMs: 5_000,
  firstRetryMs: 2_000,
  lastRetryMs: 300_000,
};

/** Maximum of payments of each kind that a scan excludes while they pause. */
const MAX_RESTING = 20_000;

export interface PaymentSettlementParts extends ScanningParts {
  /** Payments to settle, from `PaymentQueries.open`. */
  openPayments(
    unchangedSince: number,
    limit: number,
    leaveOut: ExcludedPayments,
  ): Promise<OpenPayment[]>;
  execute(command: AdvancePaymentCommand): Promise<unknown>;
  /** Overrides of `SETTLEMENT_WAITS`. */
  waits?: Partial<SettlementWaits>;
}

/**
 * Completes every payment that its own request did not complete: charges that the provider never
 * answered, captures whose process died, refunds that are owed. Holds no state that matters: each
 * scan asks the read model, and a repeated step changes nothing.
 */
export function startPaymentSettlement(parts: PaymentSettlementParts): Scanning {
  const { clock, randomness, warn } = parts;
  const { graceMs, inquiryAfterMs, firstRetryMs, lastRetryMs } = {
    ...SETTLEMENT_WAITS,
    ...parts.waits,
  };
  /**
   * Payments that pause between two attempts. A scan excludes them, so that they do not keep others
   * waiting.
   */
  const waiting = new Map<string, { tries: number; until: number; awaiting: boolean }>();

  const advance = async ({ reservationId, awaiting }: OpenPayment) => {
    const before = waiting.get(reservationId);
    const tries = before?.awaiting === awaiting ? before.tries + 1 : 1;
    // Also after success: the read model may list the payment as open for a moment longer.
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
      warn(`payment of ${reservationId} not settled, attempt ${tries}: ${error.message}`);
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
    // A recent charge is awaited by its own request.
    const due = open.filter(
      (payment) =>
        !rests(payment) && !(payment.pending && payment.changedAt > now - inquiryAfterMs),
    );
    await workThrough(due, AT_ONCE, stopping, advance);
  });
}
