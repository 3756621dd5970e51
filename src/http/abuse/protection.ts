import type { FastifyRequest } from 'fastify';
import { dearer, DEFAULT_ZEROS, priceOfPressure, type Price } from '../../domain/abuse/price.js';
import { MAX_SCORE, priceOf, scoreOf, type Evidence } from '../../domain/abuse/score.js';
import type { Reservation } from '../../domain/seat-inventory/reservation.js';
import {
  NETWORK_FACTORS,
  type HoldOwner,
  type NetworkRateLimit,
  type OpenHolds,
  type ProofOfWork,
  type RateLimit,
} from '../../ports/abuse/abuse.js';
import type { Clock } from '../../ports/system/clock.js';
import type { PaymentGateway } from '../../ports/payment/payment-gateway.js';
import { networksOf } from '../platform/addresses.js';
import { DECLINES, type CardTesting, type PaymentTry } from './card-testing.js';
import type { BehaviourWatch, HoldEnd } from './behaviour.js';
import type { House, HousePressure, PressedHold } from './house-pressure.js';
import type { ProblemCode } from '../problems/problem-table.js';

/** Where a client sends what it has worked out: base64 of the JSON `{challenge, solution}`. */
export const PROOF_HEADER = 'proof-of-work';
/** A hold counts so long until it is known how it ended. Milliseconds. */
const UNDECIDED_MS = 60_000;
/** A puzzle is taken when it was made for a quarter of today's price: the price may rise while somebody works. */
const OLD_PRICE = 4;
/** Wishes of which it is remembered that they were tried; one sent again is no new try for seats. */
const MAX_SHOWN = 100;

export interface ProtectionLimits {
  /** Score from which a reservation costs work. */
  readonly threshold: number;
  /** Open holds over all events. */
  readonly holdsPerAccount: number;
  readonly holdsPerAddress: number;
  /** Requests in a minute. */
  readonly rates: Readonly<Record<keyof Rates, number>>;
}

export interface Rates {
  readonly readsPerAddress: NetworkRateLimit;
  readonly writesPerAddress: NetworkRateLimit;
  readonly requestsPerAccount: RateLimit;
  readonly reservationsPerAccount: RateLimit;
}

export interface ProtectionParts {
  readonly watch: BehaviourWatch;
  readonly pressure: HousePressure;
  readonly cards: CardTesting;
  readonly proofs: ProofOfWork;
  readonly holds: OpenHolds;
  readonly rates: Rates;
  readonly limits: ProtectionLimits;
  readonly clock: Clock;
  /** A reservation from the memory of this node; undefined if it is not in memory. */
  readonly reservationOf: (eventId: string, reservationId: string) => Reservation | undefined;
  /** Undefined for an unknown event. */
  readonly houseOf: (eventId: string) => Promise<House | undefined>;
  /** Whether the account has ever paid for seats; false when unknown. */
  readonly hasPaidBefore: (account: string) => Promise<boolean>;
}

export interface Refused {
  readonly refused: ProblemCode;
  readonly members?: Readonly<Record<string, unknown>>;
}

/** A try to reserve that was let in: it has to be said what came of it. */
export interface LetIn {
  readonly refused?: undefined;
  /** @param until milliseconds since the epoch */
  held(until: number): void;
  /** Nothing is held by it. */
  notHeld(): void;
}

export interface PaymentEntry {
  readonly refused?: undefined;
  leave(): void;
  /** The refusal, if the payment that this request may only ask about is not under way. Missing: it may start one. */
  readonly ifNotUnderWay?: () => Promise<Refused>;
}

export interface Attempt {
  readonly eventId: string;
  readonly account: string;
  readonly reservationId: string;
  /** The same for the same wish. */
  readonly wish: string;
  readonly seats: number;
}

export interface Protection {
  readonly limits: ProtectionLimits;
  readonly rates: Rates;
  /** In front of reserving: a person is never turned away silently, only asked for work or told of a limit. */
  enter(request: FastifyRequest, attempt: Attempt): Promise<Refused | LetIn>;
  /**
   * Check before a payment. The caller calls `leave` once the request is over.
   * @param isUnderWay whether this payment has already begun, as far as the read model knows: asking for its state is
   *   never refused. Such a request must not start a payment: see `ifNotUnderWay`
   */
  enterPayment(
    request: FastifyRequest,
    attempt: PaymentTry,
    isUnderWay: () => Promise<boolean>,
  ): Promise<Refused | PaymentEntry>;
  /** The gateway, with its declines counted. */
  watched(gateway: PaymentGateway): PaymentGateway;
  /** The hold was released. */
  released(account: string, reservationId: string): void;
  /** A payment was attempted, and may have extended or ended the hold. */
  paymentTried(account: string, eventId: string, reservationId: string): void;
  /** Seats of an event that are held and unpaid by accounts that have never paid, as this node sees them. */
  unpaidSeats(eventId: string): number;
  /** By the waiting room. */
  passGiven(account: string): void;
  readonly counts: Record<'asked' | 'solved' | 'wrong' | 'capped' | 'limited', number>;
  /** The highest scores of the last ten minutes. */
  worst(most: number): readonly {
    readonly accountId: string;
    readonly score: number;
    readonly evidence: readonly Evidence[];
  }[];
}

export function openProtection(parts: ProtectionParts): Protection {
  const { watch, pressure, cards, proofs, holds, rates, limits, clock, reservationOf } = parts;
  const counts = { asked: 0, solved: 0, wrong: 0, capped: 0, limited: 0 };
  const shown = new Map<string, string>();

  const isNewWish = ({ account, wish }: Attempt): boolean => {
    if (shown.get(account) === wish) return false;
    shown.delete(account);
    shown.set(account, wish);
    if (shown.size > MAX_SHOWN * 1_000) shown.delete(shown.keys().next().value!);
    return true;
  };

  const proofProblem = async (
    request: FastifyRequest,
    account: string,
    { rounds, zeros }: Price,
  ): Promise<ProblemCode | undefined> => {
    const solution = request.headers[PROOF_HEADER];
    if (solution === undefined || solution === '') return 'proof-of-work-required';
    const problem =
      typeof solution === 'string'
        ? await proofs.check(account, solution, rounds / OLD_PRICE, zeros)
        : 'invalid';
    return problem && `proof-of-work-${problem}`;
  };

  /** Undefined: no work is needed. */
  const priceFor = async (
    owner: HoldOwner,
    hold: PressedHold,
    house: House | undefined,
  ): Promise<Price | undefined> => {
    // Then no request costs work.
    if (limits.threshold > MAX_SCORE) return undefined;
    const rounds = priceOf(scoreOf(watch.of(owner)).score, limits.threshold);
    const ofScore = rounds === undefined ? undefined : { rounds, zeros: DEFAULT_ZEROS };
    const isExempt = owner.networks.length === 0 || hold.exists || pressure.hasPaid(owner.account);
    if (!house || isExempt) return ofScore;
    const ofPressure = priceOfPressure(hold.pressure(house));
    if (!ofPressure) return ofScore;
    if (await parts.hasPaidBefore(owner.account)) {
      pressure.knowsPaid(owner.account);
      return ofScore;
    }
    return dearer(ofScore, ofPressure);
  };

  const enter = async (request: FastifyRequest, attempt: Attempt): Promise<Refused | LetIn> => {
    const { account, eventId, reservationId: holdId, seats } = attempt;
    const owner: HoldOwner = { account, networks: networksOf(request.ip) };
    watch.tried(owner, isNewWish(attempt) ? seats : 0);
    const house = owner.networks.length > 0 ? await parts.houseOf(eventId) : undefined;
    // Counted before the first await: each of several concurrent requests sees the seats of the others.
    const pressed = pressure.ask({ owner, eventId, holdId, seats });
    const price = await priceFor(owner, pressed, house);
    if (price !== undefined) {
      const code = await proofProblem(request, account, price);
      if (code) {
        pressed.cancel();
        counts[code === 'proof-of-work-required' ? 'asked' : 'wrong']++;
        const challenge = await proofs.challenge(account, price.rounds, price.zeros);
        return { refused: code, members: { challenge } };
      }
      counts.solved++;
    }
    const most = {
      account: limits.holdsPerAccount,
      networks: owner.networks.map((_, at) => limits.holdsPerAddress * NETWORK_FACTORS[at]!),
    };
    const claim = await holds.take(owner, holdId, clock.now() + UNDECIDED_MS, most);
    if (claim.exceeded) {
      pressed.cancel();
      counts.capped++;
      const limit = claim.exceeded === 'account' ? limits.holdsPerAccount : limits.holdsPerAddress;
      return { refused: `too-many-holds-of-${claim.exceeded}`, members: { limit } };
    }
    return {
      held: (until) => {
        watch.held(account, holdId, until, seats);
        pressed.held(until);
        void claim.held(until);
      },
      notHeld: () => {
        pressed.cancel();
        void claim.notHeld();
      },
    };
  };

  const enterPayment: Protection['enterPayment'] = async (request, attempt, isUnderWay) => {
    const gate = await cards.enter(request, attempt);
    if (gate.state === 'exhausted') {
      const { retryAfterSeconds } = gate;
      const refuse = async (): Promise<Refused> => {
        counts.limited++;
        const members = { limit: DECLINES.most, retryAfterSeconds };
        return { refused: 'payment-attempts-exhausted', members };
      };
      return (await isUnderWay()) ? { leave: () => {}, ifNotUnderWay: refuse } : refuse();
    }
    const { price, leave } = gate;
    if (price === undefined || limits.threshold > MAX_SCORE) return { leave };
    try {
      const code = await proofProblem(request, attempt.account, price);
      if (!code) counts.solved++;
      if (!code) return { leave };
      const refuse = () => refusePayment(code, attempt.account, price);
      if (await isUnderWay()) return { leave, ifNotUnderWay: refuse };
      leave();
      return await refuse();
    } catch (error) {
      leave();
      throw error;
    }
  };

  const refusePayment = async (
    code: ProblemCode,
    account: string,
    price: Price,
  ): Promise<Refused> => {
    counts[code === 'proof-of-work-required' ? 'asked' : 'wrong']++;
    const challenge = await proofs.challenge(account, price.rounds, price.zeros);
    return { refused: code, members: { challenge } };
  };

  const ended = (account: string, holdId: string, how: HoldEnd) => {
    watch.ended(account, holdId, how);
    pressure.look(holdId);
    void holds.end(account, holdId);
  };

  return {
    ...{ limits, rates, counts, enter, enterPayment },
    watched: cards.watched,
    released: (account, holdId) => ended(account, holdId, 'dropped'),
    paymentTried: (account, eventId, holdId) => {
      const reservation = reservationOf(eventId, holdId);
      if (reservation?.customerId !== account) return;
      const { status, expiresAt, total } = reservation;
      if (status !== 'held') {
        const bought = total.amountMinor > 0 ? 'bought' : 'free';
        return ended(account, holdId, status === 'confirmed' ? bought : 'dropped');
      }
      watch.lengthened(account, holdId, expiresAt);
      pressure.look(holdId);
      void holds.extend(account, holdId, expiresAt);
    },
    unpaidSeats: pressure.unpaidSeats,
    passGiven: watch.passGiven,
    worst: (most) =>
      watch
        .accounts()
        .map((owner) => ({ accountId: owner.account, ...scoreOf(watch.of(owner)) }))
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score)
        .slice(0, most),
  };
}
