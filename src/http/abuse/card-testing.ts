import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Price } from '../../domain/abuse/price.js';
import type { Reservation } from '../../domain/seat-inventory/reservation.js';
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
/** A payment counts as in progress this long after its request, if its outcome never becomes known. Milliseconds. */
const MAX_UNKNOWN_MS = DECLINES.windowMs;
/** Maximum of remembered payers of attempts, counted outcomes, and cards by token. */
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
      /** The request is over. A charge whose outcome is unknown still counts as in progress until it is known. */
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

/** One request to pay. */
interface Entry {
  readonly reservationId: string;
  readonly token: string;
  /** Account and cards of which it counts as a payment in progress. */
  readonly keys: readonly string[];
  readonly payer: Payer;
  /** Number of the attempt that it has started; missing until then. */
  attempt?: number;
  timer?: NodeJS.Timeout;
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
  /** Payments in progress by account or card, in order of entry: each may turn out to be a decline. */
  const underWay = new Map<string, Set<Entry>>();
  const entries = new Map<string, Set<Entry>>();

  const waiting = new Set<() => void>();

  const begin = (entry: Entry) => {
    addTo(entries, entry.reservationId, entry);
    for (const key of entry.keys) addTo(underWay, key, entry);
  };
  /** Payments in progress that began before this one. */
  const before = (entry: Entry): number =>
    Math.max(...entry.keys.map((key) => [...(underWay.get(key) ?? [])].indexOf(entry)));

  const ended = (entry: Entry) => {
    clearTimeout(entry.timer);
    deleteFrom(entries, entry.reservationId, entry);
    for (const key of entry.keys) deleteFrom(underWay, key, entry);
    for (const look of waiting) look();
  };

  /** Only the outcome, which may come after the request, shows whether the charge was a decline. */
  const leave = (entry: Entry) => {
    if (entry.attempt === undefined) return ended(entry);
    entry.timer ??= setTimeout(ended, MAX_UNKNOWN_MS, entry).unref();
  };

  const charging = ({ reservationId, attempt }: ChargeSubject, token: string): void => {
    const ofHold = [...(entries.get(reservationId) ?? [])];
    const entry = ofHold.find((one) => one.attempt === undefined && one.token === token);
    if (!entry || ofHold.some((one) => one.attempt === attempt)) return;
    entry.attempt = attempt;
    payers.set(attemptKey({ reservationId, attempt }), entry.payer);
  };
  const outcomeKnown = ({ reservationId, attempt }: ChargeSubject): void => {
    for (const entry of entries.get(reservationId) ?? [])
      if (entry.attempt === attempt) ended(entry);
  };

  /**
   * A burst waits instead of being refused: most of it may be honest. At most `DECLINES.most` payments of an account or card are in
   * progress at once, so those that wait see how the ones before them ended.
   */
  const waitForTurn = (entry: Entry): Promise<void> =>
    new Promise((resolve) => {
      const look = () => {
        if (before(entry) < DECLINES.most) stop();
      };
      const stop = () => {
        clearTimeout(timer);
        waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(stop, MAX_WAIT_MS);
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

  const count = async (about: ChargeSubject, charge: Charge, token?: string): Promise<void> => {
    const { eventId, reservationId } = about;
    const isDeclined = charge.status === 'failed' && charge.reason === 'declined';
    if (!isDeclined && charge.status !== 'captured') return;
    const once = attemptKey(about);
    if (counted.has(once)) return;
    counted.set(once, true);
    const account = reservationOf(eventId, reservationId)?.customerId;
    const payer = payers.get(once) ?? (account && { account, networks: [], card: undefined });
    if (!payer) return;
    if (!isDeclined) return counts.add(payer.networks.map(paidKey));
    const card = charge.fingerprint === undefined ? undefined : cardKey(hashOf(charge.fingerprint));
    if (card && token !== undefined) fingerprints.set(hashOf(token), card);
    const cards = [card, payer.card].filter((one) => one !== undefined);
    await counts.add([accountKey(payer.account), ...payer.networks.map(networkKey), ...cards]);
  };
  /** Counted first: between the two, the payment would count neither as in progress nor as declined. */
  const outcome = (about: ChargeSubject, charge: Charge, token?: string): void => {
    if (charge.status === 'pending') return;
    void count(about, charge, token).finally(() => outcomeKnown(about));
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
      const known = fingerprints.get(hashOf(token));
      const own = [accountKey(account), card, ...(known === undefined ? [] : [known])];
      // Counted before the first await: each of several concurrent payments sees the earlier ones.
      const entry: Entry = { reservationId, token, keys: own, payer: { account, networks, card } };
      begin(entry);
      await waitForTurn(entry);
      const others = before(entry);
      const found = await Promise.all([
        ...own.map(async (key) => {
          const { count, belowInMs } = await counts.of(key, DECLINES.most);
          return { declined: count, count: count + others, belowInMs };
        }),
        ...networks.map(ofNetwork),
      ]);
      const worst = found.reduce((most, one) => (one.count > most.count ? one : most));
      if (worst.count >= DECLINES.most) {
        ended(entry);
        const waitMs = Math.max(1_000, ...found.map(({ belowInMs }) => belowInMs));
        return { state: 'exhausted', retryAfterSeconds: Math.ceil(waitMs / 1_000) };
      }
      // A payment under way may still succeed: it counts against the limit, and costs nobody work.
      const declined = Math.max(...found.map((one) => one.declined));
      const price = PRICES.find(([declines]) => declined >= declines)?.[1];
      return { state: 'open', price, leave: () => leave(entry) };
    },
    watched: (gateway) => ({
      ...gateway,
      charge: async (request) => {
        charging(request.about, request.token);
        const charge = await gateway.charge(request);
        outcome(request.about, charge, request.token);
        return charge;
      },
      find: async (request) => {
        const charge = await gateway.find(request);
        if (charge) outcome(request.about, charge, request.token);
        return charge;
      },
      withdraw: async (request) => {
        const charge = await gateway.withdraw(request);
        if (charge) outcome(request.about, charge, request.token);
        else outcomeKnown(request.about);
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
const attemptKey = ({ reservationId, attempt }: Omit<ChargeSubject, 'eventId'>) =>
  `${reservationId} ${attempt}`;
const addTo = (sets: Map<string, Set<Entry>>, key: string, entry: Entry): void =>
  void sets.set(key, (sets.get(key) ?? new Set<Entry>()).add(entry));
function deleteFrom(sets: Map<string, Set<Entry>>, key: string, entry: Entry): void {
  const set = sets.get(key);
  set?.delete(entry);
  if (set?.size === 0) sets.delete(key);
}
const accountKey = (account: string) => `account:${account}`;
const networkKey = (network: string) => `network:${network}`;
const paidKey = (network: string) => `paid:${network}`;
const cardKey = (hash: string) => `card:${hash}`;
