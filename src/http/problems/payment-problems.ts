import { kind } from './problem-kind.js';

/** Refusals about money: of buyers, and of what a payment provider sends. Part of the one table, `problem-table.ts`. */
export const PAYMENT_PROBLEMS = {
  'webhook-signature-missing': kind(
    400,
    'Webhook not signed',
    'Sign the raw body and send the signature in the header of the provider.',
  ),
  'webhook-signature-invalid': kind(
    400,
    'Webhook signature wrong',
    'Sign the raw body, unchanged, with a secret that is configured here. Nothing was changed.',
  ),
  'webhook-timestamp-out-of-tolerance': kind(
    400,
    'Webhook too old, or from the future',
    'Sign it anew: its time stamp may be at most 300 seconds from now, before or after. Nothing was changed.',
  ),
  'webhook-body-invalid': kind(
    400,
    'Webhook not understood',
    'Send what the provider documents. Nothing was changed.',
  ),
  'payment-under-way': kind(
    409,
    'A payment is under way',
    'Ask again after `Retry-After` seconds with the same token; another one is taken once this try has failed.',
    { retryAfter: 1 },
  ),
  'payment-attempts-exhausted': kind(
    409,
    'Too many tries to pay',
    'A reservation may be paid for in `limit` tries. Release it and make a new one.',
    {
      carries: ['limit'],
      whenPaying: {
        status: 429,
        detail:
          '`limit` payments of this account, address or card were declined within ten minutes. Try again after `Retry-After` seconds; the seats stay held until `expiresAt` of the reservation.',
      },
    },
  ),
  'payment-owed-back': kind(
    409,
    'The payment is owed back',
    'Nothing was changed: what has to go back buys no seats any more. A person has to look at this payment.',
  ),
  'refund-exceeds-payment': kind(409, 'More than was paid', 'Refund at most what is still kept.'),
  'payment-refunded': kind(
    409,
    'Paid too late',
    'The hold had ended and the seats are gone; your money has been given back. Choose other seats.',
  ),
  'payment-amount-mismatch': kind(
    422,
    'Another amount than was asked for',
    'Nothing was changed. Compare `expected` with `told`: a person has to look at this payment.',
    { carries: ['expected', 'told'] },
  ),
  'amount-not-chargeable': kind(
    422,
    'Amount cannot be charged',
    'The payment provider cannot charge `amount`. `reason` is currency, unit (must be a whole multiple of `limitMinor`), minimum or maximum (`limitMinor`, in minor units). Change the price or the currency.',
    { carries: ['amount', 'reason', 'limitMinor'] },
  ),
  'payment-token-unknown': kind(
    422,
    'Payment token unknown',
    "Send the token that the payment provider's form gave you; the seats stay held.",
  ),
  'payment-unknown': kind(
    404,
    'No such payment',
    'Nothing was asked of the provider for this reservation.',
  ),
  'payment-notice-unknown': kind(
    404,
    'No such notice',
    'Check the provider and the id; `GET /v1/ops/payments/unresolved` lists the notices.',
  ),
  'payment-provider-unknown': kind(
    404,
    'No such payment provider',
    'Send webhooks to the path of the provider that is configured here.',
  ),
  'payment-declined': kind(
    402,
    'Payment declined',
    'Try another means of payment; the seats stay held until `expiresAt` of the reservation.',
  ),
  'payment-required': kind(
    402,
    'The new seats cost more',
    'Send `payment: {token}` to pay the `difference`, or choose seats that cost no more.',
    { carries: ['difference'] },
  ),
  'exchange-refused': kind(
    409,
    'Not exchanged',
    'While the difference was being paid, the seats or the price had changed; the payment has been given back and the sale stands as before.',
  ),
  'payment-outcome-unknown': kind(
    503,
    'The payment provider did not answer',
    'Ask again after `Retry-After` seconds: the same reservation is charged once.',
    { retryAfter: 5 },
  ),
};
