import type { ChargeSubject } from '../../ports/payment/payment-gateway.js';

/** Maximum wait of a payment for earlier ones with the same keys. Milliseconds. */
const MAX_WAIT_MS = 10_000;

/** Identifies an attempt to pay for a reservation. */
export type AttemptId = Pick<ChargeSubject, 'reservationId' | 'attempt'>;

export interface Payer {
  readonly account: string;
  readonly networks: readonly string[];
  /** Used as the card key until the provider reports the fingerprint. */
  readonly card: string;
}

/** One request to pay. */
export interface PaymentInProgress {
  readonly reservationId: string;
  readonly token: string;
  /** The account and the cards that it counts for. */
  readonly keys: readonly string[];
  readonly payer: Payer;
  /** Number of the attempt that it has started; missing until then. */
  attempt?: number;
  timer?: NodeJS.Timeout;
}

type Payments = Map<string, Set<PaymentInProgress>>;

/**
 * Payments in progress: each may turn out to be a decline. Their sets are in the order in which
 * they began.
 */
export class PaymentsInProgress {
  /** By account or card. */
  private readonly byKey: Payments = new Map();
  private readonly byReservation: Payments = new Map();
  private readonly waiting = new Set<() => void>();

  /**
   * @param most payments of one key that run at once
   * @param maxUnknownMs how long a payment counts after its request if its outcome never becomes
   *   known
   */
  constructor(
    private readonly most: number,
    private readonly maxUnknownMs: number,
  ) {}

  begin(payment: PaymentInProgress): void {
    addTo(this.byReservation, payment.reservationId, payment);
    for (const key of payment.keys) addTo(this.byKey, key, payment);
  }

  /** Counts the payments that began before this one, for the key with the most. */
  countBefore(payment: PaymentInProgress): number {
    return Math.max(
      ...payment.keys.map((key) => [...(this.byKey.get(key) ?? [])].indexOf(payment)),
    );
  }

  end(payment: PaymentInProgress): void {
    clearTimeout(payment.timer);
    deleteFrom(this.byReservation, payment.reservationId, payment);
    for (const key of payment.keys) deleteFrom(this.byKey, key, payment);
    for (const recheck of this.waiting) recheck();
  }

  /**
   * Ends the payment with its request, unless it has started an attempt: that counts until its
   * outcome is known.
   */
  endRequest(payment: PaymentInProgress): void {
    if (payment.attempt === undefined) return this.end(payment);
    payment.timer ??= setTimeout(() => this.end(payment), this.maxUnknownMs).unref();
  }

  /**
   * Assigns an attempt to the request that starts it.
   * @returns that request, unless the attempt is assigned already
   */
  startAttempt({ reservationId, attempt }: AttemptId, token: string) {
    const payments = [...(this.byReservation.get(reservationId) ?? [])];
    const payment = payments.find((one) => one.attempt === undefined && one.token === token);
    if (!payment || payments.some((one) => one.attempt === attempt)) return undefined;
    payment.attempt = attempt;
    return payment;
  }

  /** Ends the payment whose attempt has a known outcome. */
  endAttempt({ reservationId, attempt }: AttemptId): void {
    for (const payment of this.byReservation.get(reservationId) ?? [])
      if (payment.attempt === attempt) this.end(payment);
  }

  /**
   * Waits until fewer than `most` earlier payments of each key are in progress, at most 10 s. A
   * burst waits instead of being rejected, because most of it may be honest; the payments that wait
   * see how the ones before them ended.
   */
  wait(payment: PaymentInProgress): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.waiting.delete(recheck);
        resolve();
      };
      const recheck = () => {
        if (this.countBefore(payment) < this.most) finish();
      };
      const timer = setTimeout(finish, MAX_WAIT_MS);
      this.waiting.add(recheck);
      recheck();
    });
  }
}

const addTo = (payments: Payments, key: string, payment: PaymentInProgress): void =>
  void payments.set(key, (payments.get(key) ?? new Set<PaymentInProgress>()).add(payment));

function deleteFrom(payments: Payments, key: string, payment: PaymentInProgress): void {
  const set = payments.get(key);
  set?.delete(payment);
  if (set?.size === 0) payments.delete(key);
}
