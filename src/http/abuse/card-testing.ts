import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Price } from '../../domain/abuse/price.js';
import type { Reservation } from '../../domain/seat-inventory/state.js';
import { NETWORK_FACTORS, type DeclineCounts } from '../../ports/abuse/abuse.js';
import type { Charge, ChargeSubject, PaymentGateway } from '../../ports/payment/payment-gateway.js';
import { networksOf } from '../platform/addresses.js';

/** Declines per account, address or card in ten minutes from which a payment costs work, and from which it is refused. */
export const DECLINES = { work: 5, most: 20, windowMs: 600_000 };
/** Prices of a payment, by declines: 0.5 s, 2 s and 8 s on one core of a phone. */
const PRICES: readonly (readonly [declines: number, price: Price])[] = [
  [15, { rounds: 4_000, zeros: 3 }],
  [10, { rounds: 16_000, zeros: 2 }],
  [DECLINES.work, { rounds: 4_000, zeros: 2 }],
];
/** For a payment to wait until others of the same account or card have ended. Milliseconds. */
const MAX_WAIT_MS = 10_000;
/** Maximum of remembered payers of reservations, counted outcomes, and cards by token. */
const MAX_REMEMBERED = 50_000;

export interface PaymentTry {
  readonly eventId: string;
  readonly reservationId: string;
  readonly account: string;
  readonly token: string;
}

export type PaymentGate =
  | {
      readonly state: 'open';
      readonly price: Price | undefined;
      /** The payment is over, or refused. */
      leave(): void;
    }
  | { readonly state: 'exhausted'; readonly retryAfterSeconds: number };

/** Counts declined payments across holds, as protection against card testing. */
export interface CardTesting {
  enter(request: FastifyRequest, attempt: PaymentTry): Promise<PaymentGate>;
  /** The same gateway with every decline and capture counted, for any caller and even if the outcome arrives late. */
  watched(gateway: PaymentGateway): PaymentGateway;
}

export interface CardTestingParts {
  readonly counts: DeclineCounts;
  /** Hashed with a secret, so that a count does not reveal the card. */
  readonly hashOf: (text: string) => string;
  /** The reservation in the memory of this node. */
  readonly reservationOf: (eventId: string, reservationId: string) => Reservation | undefined;
}

interface Payer {
  readonly account: string;
  readonly networks: readonly string[];
  /** Used as the card key until the provider reports the fingerprint. */
  readonly card: string;
}

export function openCardTesting({ counts, hashOf, reservationOf }: CardTestingParts): CardTesting {
  const payers = new LRUCache<string, Payer>({ max: MAX_REMEMBERED });
  const counted = new LRUCache<string, true>({ max: MAX_REMEMBERED });
  /** The provider's fingerprint of the card of a token, hashed. */
  const fingerprints = new LRUCache<string, string>({
    max: MAX_REMEMBERED,
    ttl: DECLINES.windowMs,
  });
  /** Payments in progress by account or card: each may turn out to be a decline. */
  const underWay = new Map<string, Set<string>>();

  const waiting = new Set<() => void>();

  const begin = (keys: readonly string[], reservationId: string) => {
    for (const key of keys)
      underWay.set(key, (underWay.get(key) ?? new Set<string>()).add(reservationId));
  };
  /** Payments in progress that began before this one. */
  const before = (keys: readonly string[], reservationId: string): number =>
    Math.max(...keys.map((key) => [...(underWay.get(key) ?? [])].indexOf(reservationId)));

  const ended = (keys: readonly string[], reservationId: string) => {
    for (const key of keys) {
      const set = underWay.get(key);
      set?.delete(reservationId);
      if (set?.size === 0) underWay.delete(key);
    }
    for (const look of waiting) look();
  };

  /**
   * A burst waits instead of being refused: most of it may be honest. At most `DECLINES.most` payments of an account or card are in
   * progress at once, so those that wait see how the ones before them ended.
   */
  const waitForTurn = (keys: readonly string[], reservationId: string): Promise<void> =>
    new Promise((resolve) => {
      const look = () => {
        if (before(keys, reservationId) < DECLINES.most) leave();
      };
      const leave = () => {
        clearTimeout(timer);
        waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(leave, MAX_WAIT_MS);
      waiting.add(look);
      look();
    });

  /** For a network, each payment offsets one decline: many people share a network, and most of them pay. */
  const ofNetwork = async (network: string, at: number) => {
    const [declined, paid] = await Promise.all([
      counts.of(networkKey(network), DECLINES.most * NETWORK_FACTORS[at]!),
      counts.of(paidKey(network), Infinity),
    ]);
    const count = Math.floor(Math.max(0, declined.count - paid.count) / NETWORK_FACTORS[at]!);
    return { declined: count, count, belowInMs: declined.belowInMs };
  };

  const outcome = (about: ChargeSubject, charge: Charge, token?: string): void => {
    const { eventId, reservationId, attempt } = about;
    const isDeclined = charge.status === 'failed' && charge.reason === 'declined';
    if (!isDeclined && charge.status !== 'captured') return;
    const once = `${reservationId} ${attempt}`;
    if (counted.has(once)) return;
    counted.set(once, true);
    const account = reservationOf(eventId, reservationId)?.customerId;
    const payer =
      payers.get(reservationId) ?? (account && { account, networks: [], card: undefined });
    if (!payer) return;
    if (!isDeclined) return void counts.add(payer.networks.map(paidKey));
    const card = charge.fingerprint === undefined ? undefined : cardKey(hashOf(charge.fingerprint));
    if (card && token !== undefined) fingerprints.set(hashOf(token), card);
    const cards = [card, payer.card].filter((one) => one !== undefined);
    void counts.add([accountKey(payer.account), ...payer.networks.map(networkKey), ...cards]);
  };

  return {
    enter: async (request, { eventId, reservationId, account, token }) => {
      const reservation = reservationOf(eventId, reservationId);
      // These cost nothing; a reservation of another customer is not found.
      const isIdle =
        reservation && (reservation.status !== 'held' || reservation.total.amountMinor === 0);
      if (isIdle || (reservation && reservation.customerId !== account)) return OPEN;
      const networks = networksOf(request.ip);
      const card = cardKey(hashOf(`${account}\n${token}`));
      payers.set(reservationId, { account, networks, card });
      const known = fingerprints.get(hashOf(token));
      const own = [accountKey(account), card, ...(known === undefined ? [] : [known])];
      // Counted before the first await: each of several concurrent payments sees the earlier ones.
      begin(own, reservationId);
      await waitForTurn(own, reservationId);
      const others = before(own, reservationId);
      const found = await Promise.all([
        ...own.map(async (key) => {
          const { count, belowInMs } = await counts.of(key, DECLINES.most);
          return { declined: count, count: count + others, belowInMs };
        }),
        ...networks.map(ofNetwork),
      ]);
      const worst = found.reduce((most, one) => (one.count > most.count ? one : most));
      if (worst.count >= DECLINES.most) {
        ended(own, reservationId);
        const waitMs = Math.max(1_000, ...found.map(({ belowInMs }) => belowInMs));
        return { state: 'exhausted', retryAfterSeconds: Math.ceil(waitMs / 1_000) };
      }
      // A payment under way may still succeed: it counts against the limit, and costs nobody work.
      const declined = Math.max(...found.map((one) => one.declined));
      const price = PRICES.find(([declines]) => declined >= declines)?.[1];
      return { state: 'open', price, leave: () => ended(own, reservationId) };
    },
    watched: (gateway) => ({
      ...gateway,
      charge: async (request) => {
        const charge = await gateway.charge(request);
        outcome(request.about, charge, request.token);
        return charge;
      },
      readNotice: (body, headers, now) => {
        const notice = gateway.readNotice(body, headers, now);
        if (notice.kind === 'charge') outcome(notice.about, notice.charge);
        return notice;
      },
    }),
  };
}

const OPEN: PaymentGate = { state: 'open', price: undefined, leave: () => {} };
const accountKey = (account: string) => `account:${account}`;
const networkKey = (network: string) => `network:${network}`;
const paidKey = (network: string) => `paid:${network}`;
const cardKey = (hash: string) => `card:${hash}`;
