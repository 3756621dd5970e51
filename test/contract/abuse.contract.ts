import fc from 'fast-check';
import type {
  DeclineCounts,
  HoldClaim,
  HoldOwner,
  OpenHolds,
  RateLimit,
  UsedOnce,
} from '../../src/ports/abuse/abuse.js';
import type { Clock } from '../../src/ports/system/clock.js';
import { listOfHolds } from '../support/seat-inventory/list-of-holds.js';
import { openManualClock } from '../support/manual-clock.js';

export interface AbuseStores {
  /** Two nodes of one shop, as far as the store has them share anything. */
  holds(clock?: Clock): OpenHolds;
  declines(clock: Clock, windowMs: number): DeclineCounts;
  used(): UsedOnce;
  rate(name: string, perMinute: number): RateLimit;
}

let names = 0;
const unique = (name: string) => `${name}-${process.pid}-${Date.now()}-${++names}`;
const MOST = { account: 2, network: 3 };

/** Settles one of the claims: as held until a time, or as not held. */
async function settle(
  claims: [HoldClaim, HoldClaim][],
  at: number,
  heldUntil: number | undefined,
): Promise<void> {
  const [pair] = claims.splice(at % Math.max(1, claims.length), 1);
  for (const claim of pair ?? [])
    await (heldUntil === undefined ? claim.notHeld() : claim.held(heldUntil));
}

/** Tests of every store of limits. */
export function describeAbuseStores(storeName: string, open: () => AbuseStores): void {
  describe(`limits, over ${storeName}`, () => {
    const soon = () => Date.now() + 60_000;

    const take = async (holds: OpenHolds, owner: HoldOwner, hold: string, until = soon()) => {
      const answer = await holds.take(owner, hold, until, {
        account: MOST.account,
        networks: owner.networks.map(() => MOST.network),
      });
      if (answer.exceeded) return answer.exceeded;
      await answer.held(until);
      return 'taken';
    };

    it('counts open holds of an account and of a network, until they end', async () => {
      const holds = open().holds();
      const networks = [unique('address')];
      const [anna, berta] = [unique('anna'), unique('berta')].map((account) => ({
        account,
        networks,
      }));
      expect([await take(holds, anna!, 'a1'), await take(holds, anna!, 'a2')]).toEqual([
        'taken',
        'taken',
      ]);
      expect(await take(holds, anna!, 'a3')).toBe('account');
      // A repeated request is the same hold.
      expect(await take(holds, anna!, 'a2')).toBe('taken');
      expect([await take(holds, berta!, 'b1'), await take(holds, berta!, 'b2')]).toEqual([
        'taken',
        'address',
      ]);
      await holds.end(anna!.account, 'a1');
      // A hold refused because of the network was not counted for the account.
      expect([await take(holds, berta!, 'b2'), await take(holds, berta!, 'b3')]).toEqual([
        'taken',
        'account',
      ]);
    });

    it('keeps the end of a hold when its key is reused with a different request', async () => {
      const clock = openManualClock(1_000_000);
      const holds = open().holds(clock);
      const owner = { account: unique('anna'), networks: [] };
      const limits = { account: 1, networks: [] };
      await take(holds, owner, 'a1', clock.now() + 600_000);
      const again = await holds.take(owner, 'a1', clock.now() + 60_000, limits);
      if (again.exceeded) throw new Error('It is counted already.');
      await again.notHeld();
      await clock.advance(61_000);
      expect((await holds.take(owner, 'a2', clock.now() + 60_000, limits)).exceeded).toBe(
        'account',
      );
      await holds.extend(owner.account, 'a1', clock.now() + 700_000);
      await clock.advance(600_000);
      expect((await holds.take(owner, 'a2', clock.now() + 60_000, limits)).exceeded).toBe(
        'account',
      );
    });

    it('lowers the count of the network that a hold was taken from, and of no other', async () => {
      const holds = open().holds();
      const [here, there] = [unique('here'), unique('there')];
      const owner = { account: unique('anna'), networks: [here] };
      await take(holds, owner, 'a1');
      // From another network the same request is still the hold that was taken here.
      expect(await take(holds, { ...owner, networks: [there] }, 'a1')).toBe('taken');
      const count = async (network: string) => {
        let free = 0;
        while (
          (await take(holds, { account: unique('x'), networks: [network] }, unique('h'))) ===
          'taken'
        )
          free++;
        return MOST.network - free;
      };
      await holds.end(unique('somebody'), 'a1');
      expect(await count(there)).toBe(0);
      await holds.end(owner.account, 'a1');
      expect(await count(here)).toBe(0);
    });

    it('counts every network of an owner', async () => {
      const holds = open().holds();
      const wide = unique('wide');
      const from = (at: number) => ({
        account: unique('anna'),
        networks: [unique(`narrow-${at}`), wide],
      });
      for (let at = 0; at < MOST.network; at++)
        expect(await take(holds, from(at), unique('h'))).toBe('taken');
      expect(await take(holds, from(9), unique('h'))).toBe('address');
    });

    it('removes an expired hold', async () => {
      const clock = openManualClock(1_000_000);
      const holds = open().holds(clock);
      const owner = { account: unique('anna'), networks: [unique('address')] };
      for (const hold of ['a1', 'a2'])
        expect(await take(holds, owner, hold, clock.now() + 50)).toBe('taken');
      expect(await take(holds, owner, 'a3', clock.now() + 1_000)).toBe('account');
      await clock.advance(80);
      expect(await take(holds, owner, 'a3', clock.now() + 1_000)).toBe('taken');
    });

    it('counts as a plain list of holds does, whatever order requests end in', async () => {
      const step = fc.oneof(
        fc.record({
          type: fc.constant('take' as const),
          who: fc.nat(2),
          where: fc.nat(2),
          hold: fc.nat(3),
          forMs: fc.integer({ min: 1, max: 100 }),
        }),
        fc.record({
          type: fc.constantFrom('held' as const, 'notHeld' as const),
          claim: fc.nat(20),
          forMs: fc.integer({ min: 1, max: 100 }),
        }),
        fc.record({ type: fc.constant('end' as const), who: fc.nat(2), hold: fc.nat(3) }),
        fc.record({
          type: fc.constant('extend' as const),
          who: fc.nat(2),
          hold: fc.nat(3),
          forMs: fc.integer({ min: 1, max: 200 }),
        }),
        fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 60 }) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          let now = 1_000_000;
          const clock: Clock = {
            now: () => now,
            sleep: () => Promise.reject(new Error('Nothing sleeps.')),
          };
          const [holds, list] = [open().holds(clock), listOfHolds(() => now)];
          const run = unique('run');
          const claims: [HoldClaim, HoldClaim][] = [];
          for (const one of steps) {
            if (one.type === 'take') {
              const owner = {
                account: `${run}-${one.who}`,
                networks: [`${run}-n${one.where}`, `${run}-wide${one.where >> 1}`],
              };
              const limits = { account: 2, networks: [2, 3] };
              const answers = [
                await holds.take(owner, `h${one.who}-${one.hold}`, now + one.forMs, limits),
                list.take(owner, `h${one.who}-${one.hold}`, now + one.forMs, limits),
              ] as const;
              expect(answers[0].exceeded).toBe(answers[1].exceeded);
              if (!answers[0].exceeded && !answers[1].exceeded)
                claims.push([answers[0], answers[1]]);
            } else if (one.type === 'end') {
              for (const each of [holds, list])
                await each.end(`${run}-${one.who}`, `h${one.who}-${one.hold}`);
            } else if (one.type === 'extend') {
              for (const each of [holds, list])
                await each.extend(`${run}-${one.who}`, `h${one.who}-${one.hold}`, now + one.forMs);
            } else if (one.type === 'wait') {
              now += one.ms;
            } else
              await settle(claims, one.claim, one.type === 'held' ? now + one.forMs : undefined);
          }
        }),
        { numRuns: 300 },
      );
    });

    it('counts declines for a while, and reports when the count falls below a limit', async () => {
      const clock = openManualClock(1_000_000);
      const declines = open().declines(clock, 1_000);
      const [anna, card] = [unique('anna'), unique('card')];
      for (let at = 0; at < 3; at++) {
        await declines.add([anna, card]);
        await clock.advance(100);
      }
      await declines.add([card]);
      expect(await declines.of(anna, 4)).toEqual({ count: 3, belowInMs: 0 });
      expect(await declines.of(anna, 3)).toEqual({ count: 3, belowInMs: 700 });
      expect(await declines.of(card, 3)).toEqual({ count: 4, belowInMs: 800 });
      await clock.advance(800);
      expect(await declines.of(anna, 3)).toEqual({ count: 1, belowInMs: 0 });
      expect(await declines.of(unique('nobody'), 1)).toEqual({ count: 0, belowInMs: 0 });
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
