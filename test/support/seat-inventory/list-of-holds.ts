import type { HoldClaim, HoldLimits, HoldOwner } from '../../../src/ports/abuse/abuse.js';

interface Listed {
  readonly owner: HoldOwner;
  readonly holdId: string;
  until: number;
  exists: boolean;
  claims: object[];
}

/** Reference implementation of `OpenHolds`: one list with a linear search. */
export function listOfHolds(now: () => number) {
  let list: Listed[] = [];
  const find = (account: string, holdId: string) => {
    list = list.filter(({ until }) => until > now());
    return list.find((one) => one.owner.account === account && one.holdId === holdId);
  };
  const add = (owner: HoldOwner, holdId: string) => {
    const one: Listed = { owner, holdId, until: 0, exists: false, claims: [] };
    list.push(one);
    return one;
  };
  return {
    take: (
      owner: HoldOwner,
      holdId: string,
      until: number,
      limits: HoldLimits,
    ): HoldClaim | { readonly exceeded: 'account' | 'address' } => {
      let one = find(owner.account, holdId);
      if (!one) {
        if (list.filter((other) => other.owner.account === owner.account).length >= limits.account)
          return { exceeded: 'account' };
        const isFull = (network: string, at: number) =>
          list.filter((other) => other.owner.networks.includes(network)).length >=
          limits.networks[at]!;
        if (owner.networks.some(isFull)) return { exceeded: 'address' };
        one = add(owner, holdId);
      }
      one.until = Math.max(one.until, until);
      const claim = {};
      one.claims.push(claim);
      const done = () => {
        for (const each of list) each.claims = each.claims.filter((other) => other !== claim);
      };
      return {
        held: async (end) => {
          const counted = find(owner.account, holdId) ?? add(owner, holdId);
          counted.until = Math.max(counted.until, end);
          counted.exists = true;
          done();
        },
        notHeld: async () => {
          const counted = find(owner.account, holdId);
          const isOurs = counted?.claims.includes(claim);
          done();
          if (isOurs && counted?.claims.length === 0 && !counted.exists)
            list.splice(list.indexOf(counted), 1);
        },
      };
    },
    extend: async (account: string, holdId: string, until: number): Promise<void> => {
      const one = find(account, holdId);
      if (one) one.until = Math.max(one.until, until);
    },
    end: async (account: string, holdId: string): Promise<void> => {
      const one = find(account, holdId);
      if (one) list.splice(list.indexOf(one), 1);
    },
  };
}
