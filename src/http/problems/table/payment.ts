import { kind } from './problem-kind.js';

/** Problems with payments, and with webhooks of a payment provider. */
export const PAYMENT_PROBLEMS = {
  'webhook-signature-missing': kind(
    400,
    'Webhook signature missing',
    "The webhook has no signature. Sign the raw body and send the signature in the provider's " +
      'header.',
  ),
  'webhook-signature-invalid': kind(
    400,
    'Invalid webhook signature',
    'The signature does not match the raw body. Nothing was changed. Sign the unchanged body ' +
      'with a secret that is configured here.',
  ),
  'webhook-timestamp-out-of-tolerance': kind(
    400,
    'Webhook timestamp out of tolerance',
    'The time stamp is more than 300 seconds in the past or future. Nothing was changed. Sign ' +
      'the webhook again with the current time.',
  ),
  'webhook-body-invalid': kind(
    400,
    'Invalid webhook body',
    'The body is not in the format that the provider documents. Nothing was changed.',
  ),
  'payment-under-way': kind(
    409,
    'Payment in progress',
    'A payment for this reservation is in progress. Send the same request with the same token ' +
      'after `Retry-After` seconds; another token is accepted once this attempt has failed.',
    { retryAfter: 1 },
  ),
  'payment-attempts-exhausted': kind(
    409,
    'Too many payment attempts',
    'A reservation allows `limit` payment attempts. Release the reservation and make a new one.',
    {
      carries: ['limit'],
      whenPaying: {
        status: 429,
        detail:
          '`limit` payments of this account, address or card were declined within ten minutes. ' +
          'Try again after `Retry-After` seconds. The seats stay held until `expiresAt` of the ' +
          'reservation.',
      },
    },
  ),
  'payment-owed-back': kind(
    409,
    'Payment must be refunded',
    'This payment has to be refunded and cannot buy seats. Nothing was changed. An operator must ' +
      'review this payment.',
  ),
  'refund-exceeds-payment': kind(
    409,
    'Refund exceeds payment',
    'The refund is larger than the amount that is still kept. Refund at most that amount.',
  ),
  'payment-refunded': kind(
    409,
    'Paid too late',
    'The hold had ended and the seats are gone. The payment was refunded. Choose other seats.',
  ),
  'payment-amount-mismatch': kind(
    422,
    'Payment amount mismatch',
    'The provider reported `told` instead of `expected`. Nothing was changed. An operator must ' +
      'review this payment.',
    { carries: ['expected', 'told'] },
  ),
  'amount-not-chargeable': kind(
    422,
    'Amount cannot be charged',
    'The payment provider cannot charge `amount`. `reason` is currency, unit (must be a whole ' +
      'multiple of `limitMinor`), minimum or maximum (`limitMinor`, in minor units). Change the ' +
      'price or the currency.',
    { carries: ['amount', 'reason', 'limitMinor'] },
  ),
  'payment-token-unknown': kind(
    422,
    'Unknown payment token',
    "The payment provider does not know the token. Send the token from the provider's form. The " +
      'seats stay held.',
  ),
  'payment-unknown': kind(
    404,
    'Payment not found',
    'No payment was requested for this reservation. Check the reservation id.',
  ),
  'payment-notice-unknown': kind(
    404,
    'Charge notification not found',
    'No charge notification has this provider and id. `GET /v1/ops/payments/unresolved` lists ' +
      'the notifications.',
  ),
  'payment-provider-unknown': kind(
    404,
    'Payment provider not found',
    'This payment provider is not configured here. Send webhooks to the path of the configured ' +
      'provider.',
  ),
  'payment-declined': kind(
    402,
    'Payment declined',
    'The payment was declined. Try another means of payment. The seats stay held until ' +
      '`expiresAt` of the reservation.',
  ),
  'payment-required': kind(
    402,
    'Payment required',
    'The new seats cost more. Send `payment: {token}` to pay the `difference`, or choose seats ' +
      'that cost no more.',
    { carries: ['difference'] },
  ),
  'exchange-refused': kind(
    409,
    'Exchange rejected',
    'The seats or the price changed while the difference was being paid. The difference was ' +
      'refunded and the sale is unchanged. Choose again.',
  ),
  'payment-outcome-unknown': kind(
    503,
    'Payment outcome unknown',
    'The payment provider did not answer. Send the same request again after `Retry-After` ' +
      'seconds: the same reservation is charged once.',
    { retryAfter: 5 },
  ),
};
