import { dearer, DEFAULT_ZEROS, priceOfPressure, type Price } from '../../domain/abuse/price.js';
import { MAX_SCORE, priceOf, scoreOf, type Evidence } from '../../domain/abuse/score.js';
import type { Reservation } from '../../domain/seat-inventory/state/reservation.js';
import {
  NETWORK_FACTORS,
  type HoldClaim,
  type HoldOwner,
  type NetworkRateLimit,
  type OpenHolds,
  type ProofOfWork,
  type RateLimit,
} from '../../ports/abuse/abuse.js';
import type { Clock } from '../../ports/system/clock.js';
import type { PaymentGateway } from '../../ports/payment/payment-gateway.js';
import { networksOf } from '../platform/addresses.js';
import type { ProblemCode } from '../problems/table/problem-table.js';
import type { BehaviorWatch, HoldEnd } from './behavior-watch.js';
import type {
  AdmittedHold,
  AdmittedPayment,
  HeaderValue,
  HoldAttempt,
  PaymentAttempt,
  Rejected,
} from './attempts.js';
import { DECLINES, type CardTesting } from './card-testing.js';
import type { CountedRequest, InventoryPressure, InventorySize } from './inventory-pressure.js';

/** Header with the solution of a challenge: base64 of the JSON `{challenge, solution}`. */
export const PROOF_HEADER = 'proof-of-work';
/** Until a request reports its outcome, its hold counts at most this long. Milliseconds. */
const UNDECIDED_MS = 60_000;
/**
 * A solution is accepted for a quarter of the current price: the price may rise while a client
 * works.
 */
const OLD_PRICE = 4;
/** Accounts whose last selection is remembered. */
const MAX_SELECTIONS = 100_000;

export interface ProtectionLimits {
  /** Score from which a reservation costs work. */
  readonly threshold: number;
  /** Open holds over all events. */
  readonly holdsPerAccount: number;
  readonly holdsPerAddress: number;
  /** Requests per minute. */
  readonly rates: Readonly<Record<keyof Rates, number>>;
}

export interface Rates {
  readonly readsPerAddress: NetworkRateLimit;
  readonly writesPerAddress: NetworkRateLimit;
  readonly requestsPerAccount: RateLimit;
  readonly reservationsPerAccount: RateLimit;
}

export interface ProtectionParts {
  readonly watch: BehaviorWatch;
  readonly pressure: InventoryPressure;
  readonly cards: CardTesting;
  readonly proofs: ProofOfWork;
  readonly holds: OpenHolds;
  readonly rates: Rates;
  readonly limits: ProtectionLimits;
  readonly clock: Clock;
  /** Returns the reservation if it is in the memory of this node. */
  readonly reservationOf: (eventId: string, reservationId: string) => Reservation | undefined;
  /** Undefined for an unknown event. */
  readonly inventorySizeOf: (eventId: string) => Promise<InventorySize | undefined>;
  /** Whether the account has ever paid for seats; false when unknown. */
  readonly hasPaidBefore: (account: string) => Promise<boolean>;
}

/**
 * Protects a sale from automated buyers: by a price in proof of work, by limits of open holds, and
 * by rate limits. It never drops a request silently: every rejection names a challenge or a limit.
 */
export class Protection {
  readonly limits: ProtectionLimits;
  readonly rates: Rates;
  readonly counts = { asked: 0, solved: 0, wrong: 0, capped: 0, limited: 0 };
  /** The last selection of an account. */
  private readonly selections = new Map<string, string>();

  constructor(private readonly parts: ProtectionParts) {
    this.limits = parts.limits;
    this.rates = parts.rates;
  }

  /** Checks a request for a hold before it reaches the inventory. */
  async checkHold(attempt: HoldAttempt): Promise<Rejected | AdmittedHold> {
    const { account, eventId, reservationId: holdId, seats } = attempt;
    const { watch, pressure } = this.parts;
    const owner: HoldOwner = { account, networks: networksOf(attempt.address) };
    watch.recordAttempt(owner, this.isNewSelection(attempt) ? seats : 0);
    const size = owner.networks.length > 0 ? await this.parts.inventorySizeOf(eventId) : undefined;
    // Counted before the next await: each of several concurrent requests sees the seats of the
    // others.
    const counted = pressure.count({ owner, eventId, holdId, seats });
    const price = await this.priceFor(owner, counted, size);
    const code = price && (await this.proofProblem(account, attempt.proof, price));
    if (price && code) {
      counted.cancel();
      return this.challenge(account, code, price);
    }
    if (price) this.counts.solved++;
    const claim = await this.takeHold(owner, holdId);
    if ('problem' in claim) {
      counted.cancel();
      return claim;
    }
    return {
      held: (until) => {
        watch.recordHold(account, holdId, until, seats);
        counted.held(until);
        void claim.held(until);
      },
      notHeld: () => {
        counted.cancel();
        void claim.notHeld();
      },
    };
  }

  /**
   * Checks a payment before the provider is called.
   * @param isInProgress whether this payment has begun already, as far as the read model knows: a
   *   request for its state is never rejected, but must not start a payment (see
   *   `AdmittedPayment.ifNotInProgress`)
   */
  async checkPayment(
    attempt: PaymentAttempt,
    isInProgress: () => Promise<boolean>,
  ): Promise<Rejected | AdmittedPayment> {
    const check = await this.parts.cards.check(attempt);
    if (check.state === 'exhausted') {
      const reject = async () => this.rejectExhausted(check.retryAfterSeconds);
      return (await isInProgress()) ? { end: () => {}, ifNotInProgress: reject } : reject();
    }
    const { price, end } = check;
    if (price === undefined || this.isWithoutWork) return { end };
    try {
      const code = await this.proofProblem(attempt.account, attempt.proof, price);
      if (!code) {
        this.counts.solved++;
        return { end };
      }
      const reject = () => this.challenge(attempt.account, code, price);
      if (await isInProgress()) return { end, ifNotInProgress: reject };
      end();
      return await reject();
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Returns the gateway. The declines and captures of its charges are counted. */
  countOutcomesOf(gateway: PaymentGateway): PaymentGateway {
    return this.parts.cards.countOutcomesOf(gateway);
  }

  /** Reports that the customer released the hold. */
  released(account: string, reservationId: string): void {
    this.endHold(account, reservationId, 'dropped');
  }

  /** Reports that a payment was attempted, which may have extended or ended the hold. */
  paymentAttempted(account: string, eventId: string, holdId: string): void {
    const reservation = this.parts.reservationOf(eventId, holdId);
    if (reservation?.customerId !== account) return;
    const { status, expiresAt, total } = reservation;
    if (status !== 'held') {
      const bought = total.amountMinor > 0 ? 'bought' : 'free';
      return this.endHold(account, holdId, status === 'confirmed' ? bought : 'dropped');
    }
    const { watch, pressure, holds } = this.parts;
    watch.extendHold(account, holdId, expiresAt);
    pressure.update(holdId);
    void holds.extend(account, holdId, expiresAt);
  }

  /**
   * Counts the seats of an event that are held and unpaid by accounts that have never paid, as this
   * node sees them.
   */
  unpaidSeats(eventId: string): number {
    return this.parts.pressure.unpaidSeats(eventId);
  }

  /** Reports that the waiting room gave the account a pass. */
  passGiven(account: string): void {
    this.parts.watch.recordPass(account);
  }

  /** Lists the accounts with the highest scores of the last ten minutes. */
  highestScores(most: number): readonly {
    readonly accountId: string;
    readonly score: number;
    readonly evidence: readonly Evidence[];
  }[] {
    const { watch } = this.parts;
    return watch
      .recentAccounts()
      .map((owner) => ({ accountId: owner.account, ...scoreOf(watch.behaviorOf(owner)) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, most);
  }

  /** With a threshold above the highest score no request costs work. */
  private get isWithoutWork(): boolean {
    return this.limits.threshold > MAX_SCORE;
  }

  /** A repeated request is no new attempt to get seats. */
  private isNewSelection({ account, reservationId, requestDigest }: HoldAttempt): boolean {
    const { selections } = this;
    const selection = `${reservationId} ${requestDigest}`;
    if (selections.get(account) === selection) return false;
    selections.delete(account);
    selections.set(account, selection);
    if (selections.size > MAX_SELECTIONS) selections.delete(selections.keys().next().value!);
    return true;
  }

  /** Undefined when the request costs no work. */
  private async priceFor(
    owner: HoldOwner,
    hold: CountedRequest,
    size: InventorySize | undefined,
  ): Promise<Price | undefined> {
    if (this.isWithoutWork) return undefined;
    const { watch, pressure } = this.parts;
    const rounds = priceOf(scoreOf(watch.behaviorOf(owner)).score, this.limits.threshold);
    const ofScore = rounds === undefined ? undefined : { rounds, zeros: DEFAULT_ZEROS };
    const isExempt = owner.networks.length === 0 || hold.exists || pressure.hasPaid(owner.account);
    if (!size || isExempt) return ofScore;
    const ofPressure = priceOfPressure(hold.pressure(size));
    if (!ofPressure) return ofScore;
    if (await this.parts.hasPaidBefore(owner.account)) {
      pressure.markAsPaying(owner.account);
      return ofScore;
    }
    return dearer(ofScore, ofPressure);
  }

  /** Undefined for a valid proof. */
  private async proofProblem(
    account: string,
    proof: HeaderValue,
    { rounds, zeros }: Price,
  ): Promise<ProblemCode | undefined> {
    if (proof === undefined || proof === '') return 'proof-of-work-required';
    if (typeof proof !== 'string') return 'proof-of-work-invalid';
    const problem = await this.parts.proofs.check(account, proof, rounds / OLD_PRICE, zeros);
    return problem && `proof-of-work-${problem}`;
  }

  private async challenge(
    account: string,
    problem: ProblemCode,
    { rounds, zeros }: Price,
  ): Promise<Rejected> {
    this.counts[problem === 'proof-of-work-required' ? 'asked' : 'wrong']++;
    const challenge = await this.parts.proofs.challenge(account, rounds, zeros);
    return { problem, members: { challenge } };
  }

  private rejectExhausted(retryAfterSeconds: number): Rejected {
    this.counts.limited++;
    const members = { limit: DECLINES.most, retryAfterSeconds };
    return { problem: 'payment-attempts-exhausted', members };
  }

  private async takeHold(owner: HoldOwner, holdId: string): Promise<HoldClaim | Rejected> {
    const { holdsPerAccount, holdsPerAddress } = this.limits;
    const limits = {
      account: holdsPerAccount,
      networks: owner.networks.map((_, at) => holdsPerAddress * NETWORK_FACTORS[at]!),
    };
    const until = this.parts.clock.now() + UNDECIDED_MS;
    const claim = await this.parts.holds.take(owner, holdId, until, limits);
    if (!claim.exceeded) return claim;
    this.counts.capped++;
    const limit = claim.exceeded === 'account' ? holdsPerAccount : holdsPerAddress;
    return { problem: `too-many-holds-of-${claim.exceeded}`, members: { limit } };
  }

  private endHold(account: string, holdId: string, end: HoldEnd): void {
    const { watch, pressure, holds } = this.parts;
    watch.endHold(account, holdId, end);
    pressure.update(holdId);
    void holds.end(account, holdId);
  }
}
