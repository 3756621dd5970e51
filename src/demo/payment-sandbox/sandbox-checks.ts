import { chargeOf, type CaptureRecord, type Ledger } from './sandbox-ledger.js';
import { refundOf } from './sandbox-refunds.js';
import { SandboxRefusal, type SandboxCharge, type SandboxRefund } from './sandbox-wire.js';

/** Returns the capture if enough of it is left for the refund. @throws SandboxRefusal */
export function refundableCapture(
  ledger: Ledger,
  { reference, amount }: SandboxRefund,
  now: number,
): CaptureRecord {
  const capture = ledger.captureOf(reference);
  if (!capture || chargeOf(capture.record, now).status !== 'captured')
    throw new SandboxRefusal('capture-not-found', `Capture ${reference} does not exist.`);
  const captured = capture.record.request.amount;
  if (amount.currency !== captured.currency)
    throw new SandboxRefusal('refund-currency-differs', `The capture is in ${captured.currency}.`);
  const refunded = capture.refunds
    .filter((refund) => refundOf(refund, now).status !== 'failed')
    .reduce((sum, { request }) => sum + request.amount.amountMinor, 0);
  const left = captured.amountMinor - refunded;
  if (amount.amountMinor < 1 || amount.amountMinor > left)
    throw new SandboxRefusal(
      'refund-exceeds-capture',
      `A refund of this capture must be 1 to ${left}, not ${amount.amountMinor}.`,
    );
  return capture;
}

/**
 * The end of the hold is not compared: it may have changed since the first request with the key.
 */
export const sameCharge = (one: SandboxCharge, other: SandboxCharge): boolean =>
  one.token === other.token &&
  sameAmount(one, other) &&
  one.about.reservationId === other.about.reservationId;

export const sameRefund = (one: SandboxRefund, other: SandboxRefund): boolean =>
  one.reference === other.reference && sameAmount(one, other);

const sameAmount = (
  one: SandboxCharge | SandboxRefund,
  other: SandboxCharge | SandboxRefund,
): boolean =>
  one.amount.amountMinor === other.amount.amountMinor &&
  one.amount.currency === other.amount.currency;

export function rejectReusedKey(isSame: boolean): void {
  if (!isSame)
    throw new SandboxRefusal(
      'idempotency-key-reused',
      'This key was used with a different request.',
    );
}
