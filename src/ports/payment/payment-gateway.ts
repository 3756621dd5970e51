import type { Money } from '../../domain/shared/money.js';

/**
 * Metadata that the provider stores with a charge and sends back with every notice. Opaque ids
 * only.
 */
export interface ChargeSubject {
  readonly eventId: string;
  readonly reservationId: string;
  /** Number of the attempt within its reservation, from 1. Each attempt is a separate charge. */
  readonly attempt: number;
}

export interface ChargeRequest {
  /** The provider charges this key once, however often it is sent. */
  readonly idempotencyKey: string;
  /** The provider's token for a card, from the buyer's browser. */
  readonly token: string;
  readonly amount: Money;
  readonly about: ChargeSubject;
  /**
   * When the seats may be sold to others; ISO 8601. The gateway does not capture later, if the
   * provider allows that.
   */
  readonly holdExpiresAt: string;
  /** When the key was first used; ISO 8601. Providers forget a key after some time. */
  readonly requestedAt: string;
}

/** The state of a charge. `reference` is the provider's id of it. */
export type Charge =
  | { readonly status: 'captured'; readonly reference: string; readonly amount: Money }
  | {
      readonly status: 'failed';
      readonly reason: ChargeFailure;
      /**
       * The provider's id of the card number, the same for each token of that card. Missing where
       * the provider does not report one. It identifies a person: it is never stored in a domain
       * event or written to a log.
       */
      readonly fingerprint?: string;
    }
  | { readonly status: 'pending' };

/**
 * `abandoned`: the charge was withdrawn or canceled before the card was asked. It says nothing
 * about the card.
 */
export type ChargeFailure = 'declined' | 'token-unknown' | 'abandoned';

/** The reason why a provider cannot charge an amount to any payer. */
export interface ChargeObstacle {
  readonly reason:
    /** The provider does not accept this currency. */
    | 'currency'
    /** The amount must be a whole multiple of `limitMinor`. */
    | 'unit'
    /** The amount must be at least `limitMinor`. */
    | 'minimum'
    /** The amount may be at most `limitMinor`. */
    | 'maximum';
  /** In minor units of the currency. */
  readonly limitMinor?: number;
}

export interface RefundRequest {
  /** The provider refunds this key once, however often it is sent. */
  readonly idempotencyKey: string;
  /** Metadata that the provider stores with the refund and sends back with every notice. */
  readonly about: Pick<ChargeSubject, 'eventId' | 'reservationId'>;
  /** Provider's id of the capture. */
  readonly reference: string;
  /** At most the captured amount minus earlier refunds. */
  readonly amount: Money;
}

/**
 * The state of one refund. Only `succeeded` means that the buyer has the money, and even that may
 * turn into `failed` days later; `failed` is final.
 */
export type RefundState =
  | { readonly status: 'succeeded' | 'pending'; readonly refundReference: string }
  | {
      readonly status: 'failed';
      readonly refundReference: string;
      /** The provider's own text. */
      readonly reason: string;
    };

/** A webhook of the provider. */
export type PaymentNotice = {
  /** The provider's own id of this notice: the same one may come again. */
  readonly noticeId: string;
  /** The provider's own text. */
  readonly type: string;
} & NoticeContent;

export type NoticeContent =
  | { readonly kind: 'charge'; readonly about: ChargeSubject; readonly charge: Charge }
  | { readonly kind: 'refund'; readonly refund: RefundReport }
  /** A charge or refund whose metadata names none of our payments, or only a part of one. */
  | { readonly kind: 'stray'; readonly stray: StrayNotice }
  /** Not about a charge or a refund: acknowledged and ignored. */
  | { readonly kind: 'other' };

/** Why a notice changes nothing and needs an operator. */
export type NoticeProblem =
  /** The notice names no payment: it belongs to something else on the same account. */
  | 'names-no-payment'
  /** The notice names a payment incompletely. */
  | 'incomplete'
  /** The notice names a payment that this service does not have. */
  | 'payment-unknown'
  /** A refund of one of our payments that this service did not request. */
  | 'refund-unknown'
  /** A different amount or currency than requested. */
  | 'payment-amount-mismatch'
  /** A capture whose money is already owed back cannot pay for seats. */
  | 'payment-owed-back';

export interface StrayNotice {
  readonly problem: Extract<
    NoticeProblem,
    'names-no-payment' | 'incomplete' | 'payment-amount-mismatch'
  >;
  /** Provider's id of the capture. */
  readonly reference: string | null;
  readonly eventId: string | null;
  readonly reservationId: string | null;
  readonly amount: Money | null;
}

export interface RefundReport {
  /**
   * Undefined: made by an older release or by another party; the capture shows whose refund it is.
   */
  readonly about: Pick<ChargeSubject, 'eventId' | 'reservationId'> | undefined;
  /** Undefined: the refund was not made by this service. */
  readonly idempotencyKey: string | undefined;
  /** Provider's id of the capture. */
  readonly reference: string;
  readonly amount: Money;
  readonly state: RefundState;
}

/** One entry of the provider's own records. */
export interface ProviderEntry {
  readonly kind: 'capture' | 'refund';
  /** Id of the capture; for a refund, of the capture that it refunds. */
  readonly reference: string;
  readonly amount: Money;
}

/** Names of headers in lower case. */
export type NoticeHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface PaymentGateway {
  /** Name of the provider in `POST /v1/payments/webhooks/:provider`. */
  readonly provider: string;
  /**
   * The reason why this amount cannot be charged; undefined when it can. Checked before a sale at
   * this price.
   */
  obstacleTo(amount: Money): ChargeObstacle | undefined;
  /** Charges the card. @throws PaymentOutcomeUnknown */
  charge(request: ChargeRequest): Promise<Charge>;
  /**
   * Returns the state of this charge without ever taking money; undefined if the provider has no
   * such charge.
   * @throws PaymentOutcomeUnknown
   */
  find(request: ChargeRequest): Promise<Charge | undefined>;
  /**
   * Makes sure that this charge takes no money from now on, even if a request is still in flight.
   * Returns the state of the charge if it is too late.
   * @throws PaymentOutcomeUnknown
   */
  withdraw(request: ChargeRequest): Promise<Charge | undefined>;
  /**
   * Refunds once per key, and returns the current state of that refund.
   * @throws PaymentOutcomeUnknown, RefundRefused
   */
  refund(request: RefundRequest): Promise<RefundState>;
  /**
   * Returns the payment that a capture belongs to; undefined if it is not ours.
   * @throws PaymentOutcomeUnknown
   */
  subjectOf(reference: string): Promise<ChargeSubject | undefined>;
  /**
   * Checks the signature over the raw body and reads it.
   * @param now milliseconds since the epoch
   * @throws NoticeRefused
   */
  readNotice(body: Buffer, headers: NoticeHeaders, now: number): PaymentNotice;
  /**
   * Returns the provider's own records, in any order: captures and succeeded refunds.
   * @throws PaymentOutcomeUnknown
   */
  entries(): AsyncIterable<ProviderEntry>;
  close(): Promise<void>;
}

/**
 * The provider did not answer, and the money may have moved. Repeating the call with the same key
 * is safe.
 */
export class PaymentOutcomeUnknown extends Error {
  override name = 'PaymentOutcomeUnknown';
}

/** The provider rejects the refund, and a repetition does not help. An operator has to act. */
export class RefundRefused extends Error {
  override name = 'RefundRefused';
}

/** The webhook is not authentic, or its content cannot be ours. Nothing was changed. */
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
  /** Differs from our clock by more than `NOTICE_TOLERANCE_SECONDS`, past or future. */
  | 'webhook-timestamp-out-of-tolerance'
  | 'webhook-body-invalid';

export const NOTICE_TOLERANCE_SECONDS = 300;
