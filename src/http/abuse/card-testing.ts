import { LRUCache } from 'lru-cache';
import { atMost } from '../../ports/shared/at-most.js';
import type { Price } from '../../domain/abuse/price.js';
import type { Reservation } from '../../domain/seat-inventory/state/reservation.js';
import { NETWORK_FACTORS, type DeclineCounts } from '../../ports/abuse/abuse.js';
import type { Charge, ChargeSubject, PaymentGateway } from '../../ports/payment/payment-gateway.js';
import { networksOf } from '../platform/addresses.js';
import {
  PaymentsInProgress,
  type AttemptId,
  type PaymentInProgress,
  type Payer,
} from './payments-in-progress.js';

/**
 * Declines per account, address or card in ten minutes from which a payment costs work, and from
 * which it is rejected.
 */
export const DECLINES = { work: 5, most: 20, windowMs: 600_000 };
/** Prices of a payment, by declines: 0.5 s, 2 s and 8 s on one core of a phone. */
const PRICES: readonly (readonly [declines: number, price: Price])[] = [
  [15, { rounds: 4_000, zeros: 3 }],
  [10, { rounds: 16_000, zeros: 2 }],
  [DECLINES.work, { rounds: 4_000, zeros: 2 }],
];
/**
 * A payment counts as in progress this long after its request if its outcome never becomes known.
 * Milliseconds.
 */
const MAX_UNKNOWN_MS = DECLINES.windowMs;
/** Maximum of remembered payers of attempts, counted outcomes, and cards by token. */
const MAX_REMEMBERED = 50_000;
/** Minimum of a reported waiting time. Milliseconds. */
const MIN_WAIT_MS = 1_000;

export interface CardPayment {
  readonly eventId: string;
  readonly reservationId: string;
  readonly account: string;
  /** Token of the card, from the payment provider's form. */
  readonly token: string;
  /** Address of the client. */
  readonly address: string;
}

export type CardCheck =
  | {
      readonly state: 'admitted';
      readonly price: Price | undefined;
      /**
       * To be called when the request is over. A charge with an unknown outcome still counts as in
       * progress.
       */
      end(): void;
    }
  | { readonly state: 'exhausted'; readonly retryAfterSeconds: number };

export interface CardTestingParts {
  readonly counts: DeclineCounts;
  /** Hashes with a secret, so that a count does not reveal the card. */
  readonly hashOf: (text: string) => string;
  /** Returns the reservation if it is in the memory of this node. */
  readonly reservationOf: (eventId: string, reservationId: string) => Reservation | undefined;
}

/** Counts declined payments across holds, as protection against card testing. */
export class CardTesting {
  /** By attempt. */
  private readonly payers = new LRUCache<string, Payer>(atMost(MAX_REMEMBERED));
  /** Outcomes that are counted already. */
  private readonly counted = new LRUCache<string, true>(atMost(MAX_REMEMBERED));
  /** The card key from the provider's fingerprint, by the hash of a token. */
  private readonly fingerprints = new LRUCache<string, string>({
    ...atMost(MAX_REMEMBERED),
    ttl: DECLINES.windowMs,
  });
  private readonly inProgress = new PaymentsInProgress(DECLINES.most, MAX_UNKNOWN_MS);

  constructor(private readonly parts: CardTestingParts) {}

  /**
   * Checks a payment before the provider is called. Waits while too many payments of the account or
   * card are in progress.
   */
  async check(payment: CardPayment): Promise<CardCheck> {
    const { eventId, reservationId, account, token } = payment;
    const { counts, hashOf, reservationOf } = this.parts;
    const reservation = reservationOf(eventId, reservationId);
    // The provider is not called for these. A reservation of another customer is reported as not
    // found.
    const isNotCharged =
      reservation && (reservation.status !== 'held' || reservation.total.amountMinor === 0);
    if (isNotCharged || (reservation && reservation.customerId !== account)) return NOT_COUNTED;
    const networks = networksOf(payment.address);
    const card = cardKey(hashOf(`${account}\n${token}`));
    const fingerprint = this.fingerprints.get(hashOf(token));
    const own = [accountKey(account), card, ...(fingerprint === undefined ? [] : [fingerprint])];
    // Counted before the first await: each of several concurrent payments sees the earlier ones.
    const entry: PaymentInProgress = {
      reservationId,
      token,
      keys: own,
      payer: { account, networks, card },
    };
    this.inProgress.begin(entry);
    await this.inProgress.wait(entry);
    const earlier = this.inProgress.countBefore(entry);
    const found = await Promise.all([
      ...own.map(async (key) => {
        const { count, belowInMs } = await counts.of(key, DECLINES.most);
        return { declined: count, count: count + earlier, belowInMs };
      }),
      ...networks.map((network, at) => this.declinesOfNetwork(network, NETWORK_FACTORS[at]!)),
    ]);
    const highest = Math.max(...found.map(({ count }) => count));
    if (highest >= DECLINES.most) {
      this.inProgress.end(entry);
      const waitMs = Math.max(MIN_WAIT_MS, ...found.map(({ belowInMs }) => belowInMs));
      return { state: 'exhausted', retryAfterSeconds: Math.ceil(waitMs / 1_000) };
    }
    // A payment in progress may still succeed: it counts towards the limit, but not towards the
    // price.
    const declined = Math.max(...found.map((one) => one.declined));
    const price = PRICES.find(([declines]) => declined >= declines)?.[1];
    return { state: 'admitted', price, end: () => this.inProgress.endRequest(entry) };
  }

  /**
   * Returns the gateway. Every decline and capture is counted, for any caller and even if the
   * outcome arrives late.
   */
  countOutcomesOf(gateway: PaymentGateway): PaymentGateway {
    return {
      ...gateway,
      charge: async (request) => {
        const { about, token } = request;
        const payment = this.inProgress.startAttempt(about, token);
        if (payment) this.payers.set(attemptKey(about), payment.payer);
        const charge = await gateway.charge(request);
        this.recordOutcome(about, charge, token);
        return charge;
      },
      find: async (request) => {
        const charge = await gateway.find(request);
        if (charge) this.recordOutcome(request.about, charge, request.token);
        return charge;
      },
      withdraw: async (request) => {
        const charge = await gateway.withdraw(request);
        if (charge) this.recordOutcome(request.about, charge, request.token);
        else this.inProgress.endAttempt(request.about);
        return charge;
      },
      readNotice: (body, headers, now) => {
        const notice = gateway.readNotice(body, headers, now);
        if (notice.kind === 'charge') this.recordOutcome(notice.about, notice.charge);
        return notice;
      },
    };
  }

  /**
   * For a network, each payment offsets one decline: many people share a network, and most of them
   * pay.
   */
  private async declinesOfNetwork(network: string, factor: number) {
    const { counts } = this.parts;
    const [declined, paid] = await Promise.all([
      counts.of(networkKey(network), DECLINES.most * factor),
      counts.of(paidKey(network), Infinity),
    ]);
    const count = Math.floor(Math.max(0, declined.count - paid.count) / factor);
    return { declined: count, count, belowInMs: declined.belowInMs };
  }

  /** Counts first: a payment must not stop to count as in progress before it counts as declined. */
  private recordOutcome(about: ChargeSubject, charge: Charge, token?: string): void {
    if (charge.status === 'pending') return;
    void this.count(about, charge, token).finally(() => this.inProgress.endAttempt(about));
  }

  private async count(about: ChargeSubject, charge: Charge, token?: string): Promise<void> {
    const { counts, hashOf } = this.parts;
    const isDeclined = charge.status === 'failed' && charge.reason === 'declined';
    if (!isDeclined && charge.status !== 'captured') return;
    const key = attemptKey(about);
    if (this.counted.has(key)) return;
    this.counted.set(key, true);
    const payer = this.payerOf(about);
    if (!payer) return;
    if (!isDeclined) return counts.add(payer.networks.map(paidKey));
    const card = charge.fingerprint === undefined ? undefined : cardKey(hashOf(charge.fingerprint));
    if (card && token !== undefined) this.fingerprints.set(hashOf(token), card);
    const cards = [card, payer.card].filter((one) => one !== undefined);
    await counts.add([accountKey(payer.account), ...payer.networks.map(networkKey), ...cards]);
  }

  /**
   * The payer, or only the account when another node or process checked the payment; undefined if
   * neither is known.
   */
  private payerOf(about: ChargeSubject) {
    const payer = this.payers.get(attemptKey(about));
    if (payer) return payer;
    const account = this.parts.reservationOf(about.eventId, about.reservationId)?.customerId;
    return account === undefined ? undefined : { account, networks: [], card: undefined };
  }
}

const NOT_COUNTED: CardCheck = { state: 'admitted', price: undefined, end: () => {} };
const attemptKey = ({ reservationId, attempt }: AttemptId) => `${reservationId} ${attempt}`;
const accountKey = (account: string) => `account:${account}`;
const networkKey = (network: string) => `network:${network}`;
const paidKey = (network: string) => `paid:${network}`;
const cardKey = (hash: string) => `card:${hash}`;
