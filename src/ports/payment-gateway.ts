import type { Money } from '../domain/money.js';

export interface CaptureRequest {
  /** The same key is charged once, however often it is sent. */
  idempotencyKey: string;
  /** What the buyer's browser got from the provider for a card. */
  token: string;
  amount: Money;
  /** Shown to the provider's operators; opaque ids only. */
  description: string;
}

export type CaptureResult =
  | { readonly captured: true; /** The provider's own id of the payment. */ readonly reference: string }
  | { readonly captured: false; readonly reason: 'declined' | 'token-unknown' };

export interface PaymentGateway {
  /** As in `POST /v1/payments/webhooks/:provider`. */
  readonly provider: string;
  /** Takes the money, or says why not. @throws PaymentOutcomeUnknown */
  capture(request: CaptureRequest): Promise<CaptureResult>;
  /** Gives a captured payment back whole; again is harmless. Answers the provider's id of the refund. @throws PaymentOutcomeUnknown */
  refund(reference: string): Promise<string>;
}

/** The provider did not answer: the money may have moved. Asking again with the same key is safe. */
export class PaymentOutcomeUnknown extends Error {
  override name = 'PaymentOutcomeUnknown';
}
