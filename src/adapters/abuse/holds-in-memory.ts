import { HoldDeadlines } from '../../domain/seat-inventory/hold-deadlines.js';
import type { HoldLimits, HoldOwner, OpenHolds } from '../../ports/abuse/abuse.js';
import type { Clock } from '../../ports/system/clock.js';

interface Counted {
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

/**
 * Counts in this process. A heap ordered by end time finds expired holds, so the cost of a request does not depend on how
 * many holds are open.
 */
export function openHoldsInMemory(clock: Clock): OpenHolds {
  const accounts = new Map<string, Map<string, Counted>>();
  const networks = new Map<string, number>();
  const byNumber = new Map<number, Counted>();
  const deadlines = new HoldDeadlines((number, time) => byNumber.get(number)?.until === time);
  let numbers = 0;

  const remove = (hold: Counted) => {
    if (!byNumber.delete(hold.number)) return;
    const holds = accounts.get(hold.account)!;
    holds.delete(hold.holdId);
    if (holds.size === 0) accounts.delete(hold.account);
    for (const network of hold.networks) {
      const left = networks.get(network)! - 1;
      if (left > 0) networks.set(network, left);
      else networks.delete(network);
    }
  };
  const lengthen = (hold: Counted, until: number) => {
    if (until <= hold.until) return;
    hold.until = until;
    deadlines.add(hold.number, until);
  };
  const count = (
    { account, networks: places }: HoldOwner,
    holdId: string,
    until: number,
  ): Counted => {
    const hold = {
      ...{ number: ++numbers, account, holdId, networks: places, until },
      ...{ exists: false, claims: new Set<symbol>() },
    };
    byNumber.set(hold.number, hold);
    const holds = accounts.get(account) ?? new Map<string, Counted>();
    accounts.set(account, holds.set(holdId, hold));
    for (const network of places) networks.set(network, (networks.get(network) ?? 0) + 1);
    deadlines.add(hold.number, until);
    return hold;
  };
  /** Removes expired holds, then returns the hold if it is still counted. */
  const find = (account: string, holdId: string): Counted | undefined => {
    for (const number of deadlines.passed(clock.now())) remove(byNumber.get(number)!);
    return accounts.get(account)?.get(holdId);
  };
  const exceeded = (owner: HoldOwner, limits: HoldLimits) => {
    if ((accounts.get(owner.account)?.size ?? 0) >= limits.account) return 'account';
    const isFull = (network: string, at: number) =>
      (networks.get(network) ?? 0) >= limits.networks[at]!;
    return owner.networks.some(isFull) ? 'address' : undefined;
  };

  return {
    take: async (owner, holdId, until, limits) => {
      const claim = Symbol(holdId);
      const before = find(owner.account, holdId);
      if (!before) {
        const kind = exceeded(owner, limits);
        if (kind) return { exceeded: kind };
      }
      const hold = before ?? count(owner, holdId, until);
      lengthen(hold, until);
      hold.claims.add(claim);
      return {
        held: async (end) => {
          // The record may have expired while the request was in progress.
          const counted = find(owner.account, holdId) ?? count(owner, holdId, end);
          counted.claims.delete(claim);
          counted.exists = true;
          lengthen(counted, end);
        },
        notHeld: async () => {
          if (hold.claims.delete(claim) && hold.claims.size === 0 && !hold.exists) remove(hold);
        },
      };
    },
    extend: async (account, holdId, until) => {
      const hold = find(account, holdId);
      if (hold) lengthen(hold, until);
    },
    end: async (account, holdId) => {
      const hold = find(account, holdId);
      if (hold) remove(hold);
    },
  };
}
