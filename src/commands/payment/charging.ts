import type { Money } from '../../domain/shared/money.js';
import type { PaymentPurpose } from '../../domain/payment/events.js';
import {
  pendingAttempt,
  type Attempt,
  type Payment,
  type StartedPayment,
} from '../../domain/payment/state.js';
import type { Clock } from '../../ports/system/clock.js';
import type { PaymentGateway } from '../../ports/payment/payment-gateway.js';
import type { CommandContext } from '../shared/context.js';
import type { PaymentOutcome, Payments } from './payments.js';
import { chargeRequest, type Settled, type Settlement } from './settlement.js';

/**
 * A request waits this long for the provider; later outcomes are settled in the background.
 * Milliseconds.
 */
export const PATIENCE_MS = 2_000;
/** Interval between reads of a payment that another request or process works on. Milliseconds. */
const POLL_MS = 100;

export interface ChargingParts {
  readonly payments: Payments;
  readonly settlement: Settlement;
  readonly gateway: PaymentGateway;
  readonly clock: Clock;
}

export interface PaymentToRequest {
  readonly reservationId: string;
  readonly eventId: string;
  readonly customerId: string;
  readonly token: string;
  readonly amount: Money;
  readonly purpose: PaymentPurpose;
  /** ISO 8601. */
  readonly holdExpiresAt: string;
  /** No attempt may begin at or after this time; ISO 8601. Missing: no limit. */
  readonly salesEndAt?: string | undefined;
}

/** Records a payment attempt. The provider is called only afterwards. */
export const requestPayment = (
  { payments, gateway, clock }: ChargingParts,
  request: PaymentToRequest,
  context: CommandContext,
): Promise<PaymentOutcome> =>
  payments.write(
    request.reservationId,
    [
      {
        type: 'RequestPayment',
        ...request,
        provider: gateway.provider,
        now: clock.now(),
      },
    ],
    context,
  );

/**
 * Charges the attempt that was just recorded and waits for the outcome until the deadline.
 * Undefined if it is not known by then; it is settled all the same when it arrives.
 * @param deadline milliseconds since the epoch
 */
export async function chargeInTime(
  { settlement, gateway, clock }: ChargingParts,
  payment: StartedPayment,
  deadline: number,
  context: CommandContext,
): Promise<Settled | undefined> {
  const attempt = pendingAttempt(payment)!;
  const settling = gateway
    .charge(chargeRequest(payment, attempt))
    .then((charge) =>
      settlement.recordCharge(
        payment,
        attempt.number,
        charge,
        { by: 'answer', noticeId: null },
        context,
      ),
    )
    // The money may have moved. The settlement process asks the provider again.
    .catch(() => undefined);
  const waited = new AbortController();
  const late = clock.sleep(deadline - clock.now(), waited.signal).then(() => undefined);
  const settled = await Promise.race([settling, late]);
  // Without a reason an error with a stack trace is made for each payment.
  waited.abort('over');
  return settled;
}

/**
 * Reads a payment, which another process may be working on, until `resultOf` returns a result.
 * Undefined at the deadline.
 * @param deadline milliseconds since the epoch
 */
export async function pollUntil<T>(
  { payments, clock }: Pick<ChargingParts, 'payments' | 'clock'>,
  reservationId: string,
  deadline: number,
  resultOf: (payment: Payment) => T | undefined,
): Promise<T | undefined> {
  for (;;) {
    const result = resultOf(await payments.load(reservationId));
    if (result !== undefined) return result;
    const left = deadline - clock.now();
    if (left <= 0) return undefined;
    await clock.sleep(Math.min(POLL_MS, left));
  }
}

/** The rejection for a failed attempt. */
export const rejectionOf = ({ failure }: Attempt) =>
  ({ code: failure === 'token-unknown' ? 'payment-token-unknown' : 'payment-declined' }) as const;
