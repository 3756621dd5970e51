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
import { derivedId, type CommandContext } from '../shared/context.js';
import type { PaymentOutcome, Payments } from './payments.js';
import { chargeRequest, type Settled, type Settlement } from './settlement.js';

/** Whoever pays or pays back waits for the provider this long, then asks again later. Milliseconds. */
export const PATIENCE_MS = 2_000;
/** How often a payment that somebody else is about is looked at. Milliseconds. */
const LOOK_MS = 100;

export interface ChargingParts {
  readonly payments: Payments;
  readonly settlement: Settlement;
  readonly gateway: PaymentGateway;
  readonly clock: Clock;
}

export interface Wanted {
  readonly reservationId: string;
  readonly eventId: string;
  readonly customerId: string;
  readonly token: string;
  readonly amount: Money;
  readonly purpose: PaymentPurpose;
  /** ISO 8601. */
  readonly holdExpiresAt: string;
  /** No attempt begins from then on; ISO 8601. Missing: there is no such limit. */
  readonly salesEndAt?: string | undefined;
}

/** Writes down a try to pay, before anybody calls the provider. */
export const requestPayment = (
  { payments, gateway, clock }: ChargingParts,
  wanted: Wanted,
  context: CommandContext,
): Promise<PaymentOutcome> =>
  payments.write(
    wanted.reservationId,
    [
      {
        type: 'RequestPayment',
        ...wanted,
        provider: gateway.provider,
        keyOf: (attempt) => derivedId('charge', wanted.reservationId, attempt),
        now: clock.now(),
      },
    ],
    context,
  );

/**
 * Calls the provider for the try that has just been written down, and waits for it until the deadline; what it says is
 * settled also when nobody waits any more. Undefined when it is not known by then.
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
      settlement.heard(payment, attempt.number, charge, { by: 'answer', noticeId: null }, context),
    )
    // The money may have moved: the settlement process asks again, nothing is lost with this request.
    .catch(() => undefined);
  const waited = new AbortController();
  const late = clock.sleep(deadline - clock.now(), waited.signal).then(() => undefined);
  const settled = await Promise.race([settling, late]);
  waited.abort();
  return settled;
}

/**
 * Looks at a payment, which somebody else may be about, until it says what it came to. Undefined when the deadline has
 * come before. @param deadline milliseconds since the epoch
 */
export async function lookUntil<T>(
  { payments, clock }: Pick<ChargingParts, 'payments' | 'clock'>,
  reservationId: string,
  deadline: number,
  cameTo: (payment: Payment) => T | undefined,
): Promise<T | undefined> {
  for (;;) {
    const end = cameTo(await payments.load(reservationId));
    if (end !== undefined) return end;
    const left = deadline - clock.now();
    if (left <= 0) return undefined;
    await clock.sleep(Math.min(LOOK_MS, left));
  }
}

/** Why the provider took nothing. */
export const refusalOf = ({ failure }: Attempt) =>
  ({ code: failure === 'token-unknown' ? 'payment-token-unknown' : 'payment-declined' }) as const;
