import type { Money } from '../domain/money.js';

/** What the provider keeps beside a charge and sends back with every notice of it. Opaque ids only. */
export interface ChargeSubject {
  readonly eventId: string;
  readonly reservationId: string;
  /** Of this reservation, from 1: each try of the buyer is a charge of its own. */
  readonly attempt: number;
}

export interface ChargeRequest {
  /** The same key is charged once, however often it is sent. */
  readonly idempotencyKey: string;
  /** What the buyer's browser got from the provider for a card. */
  readonly token: string;
  readonly amount: Money;
  readonly about: ChargeSubject;
  /** When the seats may be given to others; ISO 8601. A provider that can, does not capture later. */
  readonly holdExpiresAt: string;
}

/** Where a charge stands. `reference` is the provider's own id of it. */
export type Charge =
  | { readonly status: 'captured'; readonly reference: string; readonly amount: Money }
  | {
      readonly status: 'failed';
      readonly reason: ChargeFailure;
      /** The provider's own name of the card, the same for every token of it. Never logged or stored as it is. */
      readonly fingerprint?: string;
    }
  | { readonly status: 'pending' };

export type ChargeFailure = 'declined' | 'token-unknown';

export interface RefundRequest {
  /** The same key is paid back once, however often it is sent. */
  readonly idempotencyKey: string;
  /** Of the capture. */
  readonly reference: string;
  /** At most what was captured and not yet paid back. */
  readonly amount: Money;
}

/** What a provider tells on its own account, by webhook. */
export interface PaymentNotice {
  /** The provider's own id of this notice: the same one may come again. */
  readonly noticeId: string;
  /** Undefined for a notice that is about no charge of ours; it is acknowledged and left alone. */
  readonly about: ChargeSubject | undefined;
  readonly charge: Charge;
}

/** One line of the provider's own books. */
export interface ProviderEntry {
  readonly kind: 'capture' | 'refund';
  /** Of the capture; for a refund, of the capture that it pays back. */
  readonly reference: string;
  readonly amount: Money;
}

/** Names of headers in lower case. */
export type NoticeHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface PaymentGateway {
  /** As in `POST /v1/payments/webhooks/:provider`. */
  readonly provider: string;
  /** Takes the money, or says why not, or that it is not known yet. @throws PaymentOutcomeUnknown */
  charge(request: ChargeRequest): Promise<Charge>;
  /** Where the charge with this key stands; undefined when the provider has never heard of it. @throws PaymentOutcomeUnknown */
  find(idempotencyKey: string): Promise<Charge | undefined>;
  /** Gives money back; answers the provider's id of the refund. @throws PaymentOutcomeUnknown, RefundRefused */
  refund(request: RefundRequest): Promise<string>;
  /**
   * Checks the signature over the raw body and reads it.
   * @param now milliseconds since the epoch
   * @throws NoticeRefused
   */
  readNotice(body: Buffer, headers: NoticeHeaders, now: number): PaymentNotice;
  /** The provider's own books, in any order. @throws PaymentOutcomeUnknown */
  entries(): AsyncIterable<ProviderEntry>;
  close(): Promise<void>;
}

/** The provider did not answer: the money may have moved. Asking again with the same key is safe. */
export class PaymentOutcomeUnknown extends Error {
  override name = 'PaymentOutcomeUnknown';
}

/** The provider will not give it back, however often it is asked: somebody has to look at it. */
export class RefundRefused extends Error {
  override name = 'RefundRefused';
}

/** A webhook that nobody can trust, or that says what no charge of ours can. Nothing was changed. */
export class NoticeRefused extends Error {
  override name = 'NoticeRefused';
  constructor(
    readonly code: NoticeRefusal,
    message: string,
  ) {
    super(message);
  }
}

export type NoticeRefusal =
  | 'webhook-signature-missing'
  | 'webhook-signature-invalid'
  /** Further from our clock than `NOTICE_TOLERANCE_SECONDS`, past or future. */
  | 'webhook-timestamp-out-of-tolerance'
  | 'webhook-body-invalid';

export const NOTICE_TOLERANCE_SECONDS = 300;
