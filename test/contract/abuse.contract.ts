import type { OpenHolds, RateLimit, UsedOnce } from '../../src/ports/abuse.js';

export interface AbuseStores {
  /** Two nodes of one shop, as far as the store has them share anything. */
  holds(): OpenHolds;
  used(): UsedOnce;
  rate(name: string, perMinute: number): RateLimit;
}

let names = 0;
const unique = (name: string) => `${name}-${process.pid}-${Date.now()}-${++names}`;
const MOST = { account: 2, address: 3 };

/** What every store of limits does. */
export function describeAbuseStores(storeName: string, open: () => AbuseStores): void {
  describe(`limits, over ${storeName}`, () => {
    const soon = () => Date.now() + 60_000;

    it('counts open holds of an account and of an address, until they end', async () => {
      const holds = open().holds();
      const [anna, berta] = [unique('anna'), unique('berta')];
      const address = unique('address');
      const take = (account: string, hold: string, until = soon()) =>
        holds.take({ account, address }, hold, until, MOST);
      expect([await take(anna, 'a1'), await take(anna, 'a2')]).toEqual(['taken', 'taken']);
      expect(await take(anna, 'a3')).toBe('account');
      // Told again it is no other hold.
      expect(await take(anna, 'a2')).toBe('taken');
      expect([await take(berta, 'b1'), await take(berta, 'b2')]).toEqual(['taken', 'address']);
      await holds.end({ account: anna, address }, 'a1');
      // What was refused for the address has not been counted for the account either.
      expect([await take(berta, 'b2'), await take(berta, 'b3')]).toEqual(['taken', 'account']);
    });

    it('forgets a hold whose time is over', async () => {
      const holds = open().holds();
      const owner = { account: unique('anna'), address: undefined };
      for (const hold of ['a1', 'a2'])
        expect(await holds.take(owner, hold, Date.now() + 50, MOST)).toBe('taken');
      expect(await holds.take(owner, 'a3', soon(), MOST)).toBe('account');
      await new Promise((resolve) => setTimeout(resolve, 80));
      expect(await holds.take(owner, 'a3', soon(), MOST)).toBe('taken');
    });

    it('takes a proof once, of a hundred who send it at once', async () => {
      const used = open().used();
      const id = unique('proof');
      const answers = await Promise.all(Array.from({ length: 100 }, () => used.use(id, soon())));
      expect(answers.filter(Boolean)).toHaveLength(1);
      expect(await used.use(unique('proof'), soon())).toBe(true);
    });

    it('counts requests, and tells what is left', async () => {
      const rate = open().rate(unique('rate'), 3);
      const answers = [];
      for (let at = 0; at < 5; at++) answers.push(await rate.take('anna'));
      expect(answers.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
        ...[
          [true, 2],
          [true, 1],
          [true, 0],
          [false, 0],
          [false, 0],
        ],
      ]);
      for (const { limit, resetMs } of answers) {
        expect(limit).toBe(3);
        expect(resetMs).toBeGreaterThan(50_000);
        expect(resetMs).toBeLessThanOrEqual(60_000);
      }
      expect((await rate.take('berta')).allowed).toBe(true);
    });
  });
}
