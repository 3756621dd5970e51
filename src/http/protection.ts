import type { FastifyRequest } from 'fastify';
import { priceOf, scoreOf, type Evidence } from '../domain/abuse/score.js';
import type { Reservation } from '../domain/seat-inventory/state.js';
import type { HoldOwner, OpenHolds, ProofOfWork, RateLimit } from '../ports/abuse.js';
import type { Clock } from '../ports/clock.js';
import { networksOf } from './addresses.js';
import type { BehaviourWatch } from './behaviour.js';
import type { ProblemCode } from './problem-table.js';

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
  readonly rates: Readonly<Record<RateName, number>>;
}

export type RateName =
  'readsPerAddress' | 'writesPerAddress' | 'requestsPerAccount' | 'reservationsPerAccount';

export interface ProtectionParts {
  readonly watch: BehaviourWatch;
  readonly proofs: ProofOfWork;
  readonly holds: OpenHolds;
  readonly rates: Readonly<Record<RateName, RateLimit>>;
  readonly limits: ProtectionLimits;
  readonly clock: Clock;
  /** A reservation as this node has it in memory; undefined for one that it does not know. */
  readonly reservationOf: (eventId: string, reservationId: string) => Reservation | undefined;
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

export interface Attempt {
  readonly account: string;
  readonly reservationId: string;
  /** The same for the same wish. */
  readonly wish: string;
  readonly seats: number;
}

export interface Protection {
  readonly limits: ProtectionLimits;
  readonly rates: Readonly<Record<RateName, RateLimit>>;
  /** In front of reserving: a person is never turned away silently, only asked for work or told of a limit. */
  enter(request: FastifyRequest, attempt: Attempt): Promise<Refused | LetIn>;
  ended(account: string, reservationId: string, how: 'bought' | 'dropped'): void;
  /** A payment was tried, and may have lengthened the hold or ended it. */
  paymentTried(account: string, eventId: string, reservationId: string): void;
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
  const { watch, proofs, holds, rates, limits, clock, reservationOf } = parts;
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
    price: number,
  ): Promise<ProblemCode | undefined> => {
    const solution = request.headers[PROOF_HEADER];
    if (solution === undefined || solution === '') return 'proof-of-work-required';
    const problem =
      typeof solution === 'string' ? await proofs.check(account, solution, price / OLD_PRICE) : 'invalid';
    return problem && `proof-of-work-${problem}`;
  };

  return {
    ...{ limits, rates, counts },
    enter: async (request, attempt) => {
      const { account, reservationId } = attempt;
      const owner: HoldOwner = { account, networks: networksOf(request.ip) };
      watch.tried(owner, isNewWish(attempt) ? attempt.seats : 0);
      const { score } = scoreOf(watch.of(owner));
      const price = priceOf(score, limits.threshold);
      if (price !== undefined) {
        const code = await proofProblem(request, account, price);
        if (code) {
          counts[code === 'proof-of-work-required' ? 'asked' : 'wrong']++;
          return { refused: code, members: { challenge: await proofs.challenge(account, price) } };
        }
        counts.solved++;
      }
      const most = {
        account: limits.holdsPerAccount,
        networks: owner.networks.map(() => limits.holdsPerAddress),
      };
      const claim = await holds.take(owner, reservationId, clock.now() + UNDECIDED_MS, most);
      if (claim.exceeded) {
        counts.capped++;
        const limit = claim.exceeded === 'account' ? limits.holdsPerAccount : limits.holdsPerAddress;
        return { refused: `too-many-holds-of-${claim.exceeded}`, members: { limit } };
      }
      return {
        held: (until) => {
          watch.held(account, reservationId, until);
          void claim.held(until);
        },
        notHeld: () => void claim.notHeld(),
      };
    },
    ended: (account, reservationId, how) => {
      watch.ended(account, reservationId, how);
      void holds.end(account, reservationId);
    },
    paymentTried: (account, eventId, reservationId) => {
      const reservation = reservationOf(eventId, reservationId);
      if (reservation?.customerId !== account) return;
      const { status, expiresAt } = reservation;
      if (status === 'held') {
        watch.lengthened(account, reservationId, expiresAt);
        void holds.extend(account, reservationId, expiresAt);
        return;
      }
      watch.ended(account, reservationId, status === 'confirmed' ? 'bought' : 'dropped');
      void holds.end(account, reservationId);
    },
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
