import { StripeError } from './errors.js';

export interface StripeIntent {
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_received: number;
  currency: string;
  created: number;
  metadata: Record<string, string>;
  status: 'succeeded' | 'processing' | 'requires_payment_method' | 'requires_action' | 'canceled';
  last_payment_error: object | null;
}

export interface StripeRefund {
  id: string;
  object: 'refund';
  amount: number;
  currency: string;
  payment_intent: string;
  metadata: Record<string, string>;
  status: 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';
  failure_reason?: string;
}

export function newIntent(
  intents: StripeIntent[],
  parts: Pick<StripeIntent, 'amount' | 'currency' | 'metadata'>,
): StripeIntent {
  const intent: StripeIntent = {
    id: `pi_${intents.length + 1}`,
    object: 'payment_intent',
    amount_received: 0,
    created: Math.floor(Date.now() / 1_000),
    status: 'requires_payment_method',
    last_payment_error: null,
    ...parts,
  };
  intents.push(intent);
  return intent;
}

export const metadataIn = (body: URLSearchParams): Record<string, string> =>
  Object.fromEntries(
    [...body].flatMap(([name, value]) => {
      const [, key] = /^metadata\[(\w+)\]$/.exec(name) ?? [];
      return key ? [[key, value]] : [];
    }),
  );

export function intentOf(
  intents: readonly StripeIntent[],
  id: string,
  param: string,
): StripeIntent {
  const intent = intents.find((one) => one.id === id);
  if (intent) return intent;
  throw new StripeError(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such payment_intent: '${id}'`,
    param,
  });
}
