import { Stripe } from 'stripe';
import { PaymentOutcomeUnknown } from '../../ports/payment/payment-gateway.js';

/** Objects per page of a list. */
export const PAGE = 100;

/** The SDK and what its calls need. */
export interface StripeCalls {
  readonly stripe: Stripe;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Reports an error that needs an operator. */
  readonly reportError: (message: string) => void;
  /** Limits a call. The SDK's own timeout restarts with every byte that arrives. */
  within<T>(call: Promise<T>): Promise<T>;
}

/** Rejects a call that takes longer. */
export function within<T>(ms: number, call: Promise<T>): Promise<T> {
  return new Promise((resolve, refuse) => {
    const timer = setTimeout(() => refuse(new Error(`no answer within ${ms} ms`)), ms);
    call.then(resolve, refuse).finally(() => clearTimeout(timer));
  });
}

/** Iterates over all pages of a list, each within the time limit. */
export async function* paged<T>(
  { within }: StripeCalls,
  list: AsyncIterable<T>,
): AsyncGenerator<T> {
  const items = list[Symbol.asyncIterator]();
  for (let item = await within(items.next()); !item.done; item = await within(items.next()))
    yield item.value;
}

/** Throws PaymentOutcomeUnknown with this cause, and reports a rejected secret key. */
export const throwUnknown =
  ({ reportError }: Pick<StripeCalls, 'reportError'>) =>
  (error: unknown): never => {
    if (error instanceof PaymentOutcomeUnknown) throw error;
    const { message } = error as Error;
    const isKeyRejected =
      error instanceof Stripe.errors.StripeAuthenticationError ||
      error instanceof Stripe.errors.StripePermissionError;
    if (isKeyRejected) reportError(`Stripe rejects the secret key: ${message}`);
    throw new PaymentOutcomeUnknown(`Outcome at Stripe unknown: ${message}`, { cause: error });
  };
