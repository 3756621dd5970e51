import { invalid, StripeError, unexpectedState } from './errors.js';
import {
  intentOf,
  metadataIn,
  newIntent,
  type StripeIntent,
  type StripeRefund,
} from './objects.js';

/** Test cards by the names that Stripe gives them, and what becomes of a charge. */
const CARDS: Readonly<Record<string, StripeIntent['status'] | { decline: string; code: string }>> =
  {
    pm_card_visa: 'succeeded',
    pm_processing: 'processing',
    pm_card_chargeDeclined: { code: 'card_declined', decline: 'generic_decline' },
    pm_card_authenticationRequired: 'requires_action',
  };

/** Fingerprint of every card that is declined. */
export const DECLINED_CARD = 'Xt5EWLLDS7FJjR1c';

/** An intent takes no money before it is confirmed. */
export function create(intents: StripeIntent[], body: URLSearchParams): StripeIntent {
  const amount = Number(body.get('amount'));
  if (!Number.isInteger(amount) || amount < 50)
    throw invalid('Amount must be at least €0.50 eur', 'amount', 'amount_too_small');
  if (body.get('automatic_payment_methods[allow_redirects]') !== 'never')
    throw invalid('You must provide a `return_url`.', 'return_url');
  const intent = newIntent(intents, {
    amount,
    currency: body.get('currency')!,
    metadata: metadataIn(body),
  });
  return body.get('confirm') === 'true' ? confirm(intent, body) : intent;
}

export function confirm(intent: StripeIntent, body: URLSearchParams): StripeIntent {
  if (intent.status !== 'requires_payment_method') throw unexpectedState(intent);
  const card = CARDS[body.get('payment_method') ?? ''];
  if (card === undefined)
    throw invalid(
      `No such PaymentMethod: '${body.get('payment_method')}'`,
      'payment_method',
      'resource_missing',
    );
  if (typeof card === 'object') throw declined(intent, card.code, card.decline);
  if (card === 'requires_action' && body.get('error_on_requires_action') === 'true')
    throw declined(intent, 'authentication_required', 'authentication_required');
  return Object.assign(intent, {
    status: card,
    amount_received: card === 'succeeded' ? intent.amount : 0,
  });
}

export function cancel(intent: StripeIntent): StripeIntent {
  if (
    intent.status === 'succeeded' ||
    intent.status === 'processing' ||
    intent.status === 'canceled'
  )
    throw unexpectedState(intent);
  return Object.assign(intent, { status: 'canceled' });
}

export function refund(
  intents: readonly StripeIntent[],
  refunds: StripeRefund[],
  body: URLSearchParams,
  status: StripeRefund['status'],
): StripeRefund {
  const intent = intentOf(intents, body.get('payment_intent') ?? '', 'payment_intent');
  const amount = Number(body.get('amount'));
  const refunded = refunds
    .filter(
      ({ payment_intent: of, status }) =>
        of === intent.id && status !== 'failed' && status !== 'canceled',
    )
    .reduce((sum, { amount }) => sum + amount, 0);
  const left = intent.amount_received - refunded;
  if (left === 0)
    throw invalid(
      `Charge of ${intent.id} has already been refunded.`,
      undefined,
      'charge_already_refunded',
    );
  if (amount > left)
    throw invalid(
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      'amount',
    );
  const made: StripeRefund = {
    id: `re_${refunds.length + 1}`,
    object: 'refund',
    amount,
    currency: intent.currency,
    payment_intent: intent.id,
    metadata: metadataIn(body),
    status,
  };
  refunds.push(made);
  return made;
}

function declined(intent: StripeIntent, code: string, declineCode: string): StripeError {
  const error = {
    ...{ type: 'card_error', code, decline_code: declineCode, message: 'Your card was declined.' },
    payment_method: {
      ...{ id: 'pm_1', object: 'payment_method', type: 'card' },
      card: { fingerprint: DECLINED_CARD, last4: '0002' },
    },
  };
  intent.last_payment_error = error;
  return new StripeError(402, { ...error, payment_intent: { ...intent } });
}
