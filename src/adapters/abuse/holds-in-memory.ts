import { HoldDeadlines } from '../../domain/seat-inventory/state/hold-deadlines.js';
import type { HoldLimits, HoldOwner, OpenHolds } from '../../ports/abuse/abuse.js';
import type { Clock } from '../../ports/system/clock.js';

interface CountedHold {
  readonly number: number;
  readonly account: string;
  readonly holdId: string;
  readonly networks: readonly string[];
  /** Milliseconds since the epoch. */
  until: number;
  /** A request has confirmed that the hold exists. */
  exists: boolean;
  /** Requests whose outcome is not known yet. */
  readonly claims: Set<symbol>;
}

/** Counts in this process. */
export function openHoldsInMemory(clock: Clock): OpenHolds {
  const holds = new CountedHolds(clock);
  return {
    take: async (owner, holdId, until, limits) => {
      const claim = Symbol(holdId);
      const before = holds.find(owner.account, holdId);
      if (!before) {
        const kind = holds.exceededLimit(owner, limits);
        if (kind) return { exceeded: kind };
      }
      const hold = before ?? holds.add(owner, holdId, until);
      holds.lengthen(hold, until);
      hold.claims.add(claim);
      return {
        held: async (end) => {
          // The record may have expired while the request was in progress.
          const counted = holds.find(owner.account, holdId) ?? holds.add(owner, holdId, end);
          counted.claims.delete(claim);
          counted.exists = true;
          holds.lengthen(counted, end);
        },
        notHeld: async () => {
          if (hold.claims.delete(claim) && hold.claims.size === 0 && !hold.exists)
            holds.remove(hold);
        },
      };
    },
    extend: async (account, holdId, until) => {
      const hold = holds.find(account, holdId);
      if (hold) holds.lengthen(hold, until);
    },
    end: async (account, holdId) => {
      const hold = holds.find(account, holdId);
      if (hold) holds.remove(hold);
    },
  };
}

/**
 * Holds by account, and their number by network. A heap ordered by end time finds expired holds,
 * so the cost of a request does not depend on how many holds are open.
 */
class CountedHolds {
  private readonly byAccount = new Map<string, Map<string, CountedHold>>();
  private readonly countByNetwork = new Map<string, number>();
  private readonly byNumber = new Map<number, CountedHold>();
  private readonly deadlines = new HoldDeadlines(
    (number, time) => this.byNumber.get(number)?.until === time,
  );
  private lastNumber = 0;

  constructor(private readonly clock: Clock) {}

  /** Removes expired holds, then returns the hold if it is still counted. */
  find(account: string, holdId: string): CountedHold | undefined {
    for (const number of this.deadlines.passed(this.clock.now()))
      this.remove(this.byNumber.get(number)!);
    return this.byAccount.get(account)?.get(holdId);
  }

  exceededLimit(owner: HoldOwner, limits: HoldLimits): 'account' | 'address' | undefined {
    if ((this.byAccount.get(owner.account)?.size ?? 0) >= limits.account) return 'account';
    const isFull = (network: string, at: number) =>
      (this.countByNetwork.get(network) ?? 0) >= limits.networks[at]!;
    return owner.networks.some(isFull) ? 'address' : undefined;
  }

  add({ account, networks }: HoldOwner, holdId: string, until: number): CountedHold {
    const number = ++this.lastNumber;
    const claims = new Set<symbol>();
    const hold = { number, account, holdId, networks, until, exists: false, claims };
    this.byNumber.set(number, hold);
    const holds = this.byAccount.get(account) ?? new Map<string, CountedHold>();
    this.byAccount.set(account, holds.set(holdId, hold));
    for (const network of networks)
      this.countByNetwork.set(network, (this.countByNetwork.get(network) ?? 0) + 1);
    this.deadlines.add(number, until);
    return hold;
  }

  lengthen(hold: CountedHold, until: number): void {
    if (until <= hold.until) return;
    hold.until = until;
    this.deadlines.add(hold.number, until);
  }

  remove(hold: CountedHold): void {
    if (!this.byNumber.delete(hold.number)) return;
    const holds = this.byAccount.get(hold.account)!;
    holds.delete(hold.holdId);
    if (holds.size === 0) this.byAccount.delete(hold.account);
    for (const network of hold.networks) {
      const left = this.countByNetwork.get(network)! - 1;
      if (left > 0) this.countByNetwork.set(network, left);
      else this.countByNetwork.delete(network);
    }
  }
}
