import type { Trade } from '../../src/domain/waiting-room/numbers.js';
import type { Admissions } from '../../src/ports/waiting-room/admissions.js';
import {
  GENERATION,
  RULES,
  TEN_A_SECOND,
  type AdmissionsUnderTest,
} from '../support/admissions.js';

let events = 0;

/** Tests of every adapter of the port. */
export function describeAdmissionsContract(
  name: string,
  open: () => Promise<AdmissionsUnderTest>,
): void {
  describe(`admissions: ${name}`, () => {
    let given: AdmissionsUnderTest;
    let admissions: Admissions;
    let event: string;
    beforeAll(async () => {
      given = await open();
      ({ admissions } = given);
    });
    afterAll(() => given?.stop());

    beforeEach(async () => {
      event = `event-${++events}`;
      await setUp();
    });

    const restore = (issued: number, nowServing: number, lastGiven?: number) =>
      admissions.restore(event, { issued, nowServing, lastGiven, generation: GENERATION });
    const setUp = async (issued = 0, ceiling = 10_000) => {
      await admissions.restore(event, {
        issued,
        nowServing: 0,
        lastGiven: undefined,
        generation: GENERATION,
      });
      await admissions.raiseCeiling(event, ceiling);
      // The first second of a bucket that begins empty.
      await admissions.advance(event, RULES);
      given.now += 1_000;
    };
    const arrive = async (account: string, shown?: number) => {
      const taken = await admissions.takeNumber(event, account, shown);
      if (taken === 'ceiling-reached') throw new Error(taken);
      return taken.number;
    };
    const turn = (account: string, number: number, place = number) => ({
      ...{ account, number, place, passId: `pass-of-${account}` },
    });
    const tradeFor = async (account: string, number: number, rules = RULES): Promise<Trade> => {
      const { generation, ...traded } = await admissions.trade(event, rules, turn(account, number));
      expect(generation).toBe(GENERATION);
      return traded as Trade;
    };
    const enter = async (account: string, rules = RULES) => {
      const number = await arrive(account);
      expect(await tradeFor(account, number, rules)).toMatchObject({ status: 'admitted' });
      return number;
    };
    const use = (account: string, reservationId: string, passId = `pass-of-${account}`) =>
      admissions.usePass(event, RULES, { account, passId, reservationId, generation: GENERATION });
    const settle = (account: string, reservationId: string, heldUntil?: number) =>
      admissions.settleUse(event, { account, reservationId, heldUntil });
    const view = (rules = RULES) => admissions.advance(event, rules);

    describe('numbers', () => {
      it('go up by one, in the order in which they are taken', async () => {
        const numbers = await Promise.all(Array.from({ length: 50 }, (_, at) => arrive(`a${at}`)));
        expect(numbers).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
      });

      it('are one for an account, however often it asks', async () => {
        const numbers = await Promise.all(Array.from({ length: 20 }, () => arrive('ann')));
        expect(new Set(numbers)).toEqual(new Set([1]));
        expect(await view()).toMatchObject({ issued: 1 });
      });

      it('are given up to the ceiling', async () => {
        event = `event-${++events}`;
        await setUp(0, 1);
        await arrive('ann');
        expect(await admissions.takeNumber(event, 'bob', undefined)).toBe('ceiling-reached');
        await admissions.raiseCeiling(event, 5);
        expect(await arrive('bob')).toBe(2);
      });

      it('that are shown are kept, and raise the counter', async () => {
        expect(await arrive('ann', 40)).toBe(40);
        expect(await arrive('bob')).toBe(41);
        expect(await arrive('ann')).toBe(40);
      });

      it('are the lower one of two that an account has', async () => {
        expect(await arrive('ann', 40)).toBe(40);
        expect(await arrive('ann', 30)).toBe(30);
        expect(await arrive('ann', 35)).toBe(30);
        expect(await tradeFor('ann', 40)).toEqual({ status: 'spent' });
      });
    });

    describe('calling', () => {
      it('lets in at once as long as there are tokens, and no more than fit', async () => {
        for (const account of ['ann', 'bob', 'cleo']) await enter(account);
        const number = await arrive('dan');
        expect(await tradeFor('dan', number)).toEqual({ status: 'waiting' });
        expect(await view()).toMatchObject({ issued: 4, nowServing: 3, inside: 3, called: 0 });
      });

      it('is no faster than the rate, after one second of it', async () => {
        for (let at = 0; at < 40; at++) await arrive(`a${at}`);
        expect(await view(TEN_A_SECOND)).toMatchObject({ nowServing: 10 });
        for (const [ms, nowServing] of [
          [99, 10],
          [1, 11],
          [150, 12],
          [50, 13],
          [60_000, 23],
        ] as const) {
          given.now += ms;
          expect(await view(TEN_A_SECOND)).toMatchObject({ nowServing });
        }
      });

      it('brings nothing for time that a clock was set back by', async () => {
        for (let at = 0; at < 40; at++) await arrive(`a${at}`);
        await view(TEN_A_SECOND);
        given.now -= 3_600_000;
        expect(await view(TEN_A_SECOND)).toMatchObject({ nowServing: 10 });
        given.now += 500;
        expect(await view(TEN_A_SECOND)).toMatchObject({ nowServing: 15 });
      });

      it('rests while the room is paused, and makes up for nothing', async () => {
        for (let at = 0; at < 40; at++) await arrive(`a${at}`);
        await view(TEN_A_SECOND);
        const paused = { ...TEN_A_SECOND, admitting: false };
        expect(await tradeFor('a0', 1, paused)).toEqual({ status: 'called' });
        given.now += 30_000;
        expect(await view(paused)).toMatchObject({ nowServing: 10 });
        expect(await view(TEN_A_SECOND)).toMatchObject({ nowServing: 10 });
        given.now += 100;
        expect(await view(TEN_A_SECOND)).toMatchObject({ nowServing: 11 });
      });

      it('follows a rate that is changed', async () => {
        for (let at = 0; at < 40; at++) await arrive(`a${at}`);
        await view(TEN_A_SECOND);
        given.now += 1_000;
        expect(await view({ ...TEN_A_SECOND, perMinute: 60 })).toMatchObject({ nowServing: 11 });
      });

      it('is by place, where numbers were shuffled', async () => {
        const one = { ...RULES, maxShoppers: 1 };
        await arrive('ann');
        await arrive('bob');
        expect(await admissions.trade(event, one, turn('ann', 1, 2))).toMatchObject({
          status: 'waiting',
        });
        expect(await admissions.trade(event, one, turn('bob', 2, 1))).toMatchObject({
          status: 'admitted',
        });
      });

      it('measures its pace while people wait', async () => {
        for (let at = 0; at < 2_000; at++) await arrive(`a${at}`);
        for (let half = 0; half < 121; half++) {
          given.now += 500;
          await view({ ...RULES, maxShoppers: 100_000 });
        }
        const { pace } = await view({ ...RULES, maxShoppers: 100_000 });
        expect(pace).toBeGreaterThanOrEqual(590);
        expect(pace).toBeLessThanOrEqual(620);
      });
    });

    describe('who is called and does not come', () => {
      it('loses the slot, not the place: it is called again, before all who wait', async () => {
        const one = { ...RULES, maxShoppers: 1 };
        for (const account of ['ann', 'bob', 'cleo']) await arrive(account);
        expect(await view(one)).toMatchObject({ nowServing: 1, called: 1 });
        given.now += 10_000;
        expect(await view(one)).toMatchObject({ nowServing: 2, called: 1, counts: { noShows: 1 } });
        expect(await tradeFor('ann', 1, one)).toEqual({ status: 'called' });
        expect(await view(one)).toMatchObject({ late: 1 });
        expect(await tradeFor('bob', 2, one)).toMatchObject({ status: 'admitted' });
        await admissions.leave(event, ['bob']);
        given.now += 100;
        expect(await tradeFor('ann', 1, one)).toMatchObject({ status: 'admitted' });
        expect(await view(one)).toMatchObject({ nowServing: 2, late: 0, inside: 1 });
      });
    });

    describe('a pass', () => {
      it('is the same however often it is asked for, and lasts as long as it was given for', async () => {
        const number = await enter('ann');
        const first = await tradeFor('ann', number);
        expect(first).toEqual({
          status: 'admitted',
          passId: 'pass-of-ann',
          expiresAt: given.now + RULES.passMs,
        });
        given.now += 5_000;
        const again = await admissions.trade(event, RULES, {
          ...turn('ann', number),
          passId: 'another',
        });
        expect(again).toEqual({ ...first, generation: GENERATION });
        given.now += RULES.passMs - 5_000;
        expect(await use('ann', 'r1')).toBe('spent');
        expect(await view()).toMatchObject({ inside: 0, counts: { admitted: 1, timedOut: 1 } });
      });

      it('is used for one reservation at a time', async () => {
        await enter('ann');
        expect(await use('ann', 'r1')).toBe('granted');
        expect(await use('ann', 'r1')).toBe('granted');
        expect(await use('ann', 'r2')).toBe('in-use');
        await settle('ann', 'r1');
        expect(await use('ann', 'r2')).toBe('granted');
      });

      it('is granted to one of many reservations at the same moment', async () => {
        await enter('ann');
        const uses = await Promise.all(Array.from({ length: 20 }, (_, at) => use('ann', `r${at}`)));
        expect(uses.filter((one) => one === 'granted')).toHaveLength(1);
        expect(uses.filter((one) => one === 'in-use')).toHaveLength(19);
      });

      it('whose use came to nothing that anybody knows is free again after a while', async () => {
        await enter('ann');
        await use('ann', 'r1');
        given.now += 14_999;
        expect(await use('ann', 'r2')).toBe('in-use');
        given.now += 1;
        expect(await use('ann', 'r2')).toBe('granted');
      });

      it('stays used, and its slot taken, for as long as seats are held', async () => {
        await enter('ann');
        await use('ann', 'r1');
        await settle('ann', 'r1', given.now + 2 * RULES.passMs);
        given.now += RULES.passMs;
        expect(await use('ann', 'r2')).toBe('in-use');
        // A repetition that is refused takes nothing back.
        await settle('ann', 'r1');
        expect(await use('ann', 'r2')).toBe('in-use');
        expect(await view()).toMatchObject({ inside: 1 });
        expect(await admissions.shoppers(event, 10)).toEqual([
          { account: 'ann', reservationId: 'r1' },
        ]);
        given.now += RULES.passMs;
        expect(await view()).toMatchObject({ inside: 0 });
      });

      it('is of no use to another account, nor another pass to this one', async () => {
        await enter('ann');
        expect(await use('bob', 'r1', 'pass-of-ann')).toBe('spent');
        expect(await use('ann', 'r1', 'pass-of-bob')).toBe('spent');
      });

      it('of another generation is outdated', async () => {
        await enter('ann');
        const used = {
          account: 'ann',
          passId: 'pass-of-ann',
          reservationId: 'r1',
          generation: 'before',
        };
        expect(await admissions.usePass(event, RULES, used)).toBe('outdated');
      });

      it('and its number are spent when its holder has gone; the account may come again', async () => {
        const number = await enter('ann');
        await use('ann', 'r1');
        await admissions.leave(event, ['ann', 'nobody']);
        expect(await use('ann', 'r1')).toBe('spent');
        expect(await tradeFor('ann', number)).toEqual({ status: 'spent' });
        expect(await arrive('ann', number)).toBe(number + 1);
        expect(await view()).toMatchObject({
          inside: 0,
          counts: { admitted: 1, left: 1, timedOut: 0 },
        });
      });

      it('is given at the rate of the room, also when all come at once who were called before', async () => {
        for (let at = 1; at <= 30; at++) await arrive(`a${at}`);
        for (let second = 0; second < 3; second++) {
          await view(TEN_A_SECOND);
          given.now += 1_000;
        }
        const all = async () => {
          const traded = [];
          for (let at = 1; at <= 30; at++) traded.push(await tradeFor(`a${at}`, at, TEN_A_SECOND));
          return traded.filter(({ status }) => status === 'admitted').length;
        };
        expect(await all()).toBe(5);
        given.now += 300;
        expect(await all()).toBe(8);
        given.now += 1_000;
        expect(await all()).toBe(13);
      });
    });

    it('lets those in first at the door who have the earlier places, as long as they ask', async () => {
      for (let at = 1; at <= 10; at++) await arrive(`a${at}`);
      await view(TEN_A_SECOND);
      const ask = async (at: number) => (await tradeFor(`a${at}`, at, TEN_A_SECOND)).status;
      for (const at of [6, 7, 8, 9, 10]) expect(await ask(at)).toBe('admitted');
      expect(await ask(1)).toBe('called');
      given.now += 100;
      expect(await ask(2)).toBe('called');
      expect(await ask(1)).toBe('admitted');
      given.now += 100;
      expect(await ask(3)).toBe('called');
      // Number 2 has not asked any more.
      given.now += 2_900;
      expect(await ask(3)).toBe('admitted');
    });

    describe('walking in', () => {
      const walk = (account: string, rules = RULES) =>
        admissions.walkIn(event, rules, { account, passId: `pass-of-${account}` });

      it('needs no number while nobody waits, and takes a slot', async () => {
        expect(await walk('ann')).toEqual({ passId: 'pass-of-ann', generation: GENERATION });
        expect(await walk('ann')).toEqual({ passId: 'pass-of-ann', generation: GENERATION });
        expect(await view()).toMatchObject({ issued: 1, nowServing: 1, inside: 1 });
        expect(await use('ann', 'r1')).toBe('granted');
      });

      it('is refused when it is full, when others wait, and while the room is paused', async () => {
        for (const account of ['ann', 'bob', 'cleo']) await walk(account);
        expect(await walk('dan')).toBeUndefined();
        await arrive('dan');
        await admissions.leave(event, ['ann']);
        expect(await walk('eve', { ...RULES, admitting: false })).toBeUndefined();
        expect(await walk('dan')).toBeUndefined();
      });
    });

    describe('what is lost', () => {
      it('is said to be, by everything', async () => {
        await enter('ann');
        await given.loseAll();
        const lost = expect.objectContaining({ name: 'AdmissionsLost' });
        const calls = [
          () => view(),
          () => arrive('ann'),
          () => tradeFor('ann', 1),
          () => admissions.walkIn(event, RULES, { account: 'a', passId: 'p' }),
          () => use('ann', 'r1'),
          () => settle('ann', 'r1'),
          () => admissions.leave(event, ['ann']),
          () => admissions.shoppers(event, 1),
          () => admissions.raiseCeiling(event, 1),
        ];
        for (const call of calls) await expect(call()).rejects.toThrow(lost);
      });

      it('goes on above every number that can have been given', async () => {
        for (let at = 0; at < 20; at++) await arrive(`a${at}`);
        await given.loseAll();
        await restore(100, 5, 20);
        expect(await admissions.takeNumber(event, 'new', undefined)).toBe('ceiling-reached');
        await admissions.raiseCeiling(event, 200);
        expect(await arrive('new')).toBe(101);
        expect(await arrive('a7', 8)).toBe(8);
        expect(await view()).toMatchObject({ issued: 101, nowServing: 5, inside: 0 });
      });

      it('begins with an empty bucket', async () => {
        for (let at = 0; at < 40; at++) await arrive(`a${at}`);
        await given.loseAll();
        await restore(40, 5, 40);
        expect(await view(TEN_A_SECOND)).toMatchObject({ nowServing: 5 });
        given.now += 300;
        expect(await view(TEN_A_SECOND)).toMatchObject({ nowServing: 8 });
      });

      it('passes over numbers that nobody is known to have, and lets those who have them forward first', async () => {
        await given.loseAll();
        await restore(100, 2, 2);
        await admissions.raiseCeiling(event, 200);
        await arrive('new');
        expect(await view()).toMatchObject({ issued: 101, nowServing: 2 });
        given.now += 1_000;
        expect(await view()).toMatchObject({ nowServing: 100, called: 0 });
        expect(await tradeFor('late', 60, { ...RULES, maxShoppers: 1 })).toMatchObject({
          status: 'admitted',
        });
        given.now += 4_000;
        expect(await view()).toMatchObject({ nowServing: 101, called: 1 });
      });

      it('is set up once', async () => {
        const number = await arrive('ann');
        await restore(0, 0);
        expect(await arrive('ann')).toBe(number);
        expect(await tradeFor('ann', number)).toMatchObject({ status: 'admitted' });
      });
    });
  });
}
