import { GENERATION, RULES, TEN_A_SECOND } from '../support/admissions.js';
import type { RoomUnderTest } from './admissions-room.js';

export const describePasses = (room: RoomUnderTest): void =>
  describe('a pass', () => {
    it('is the same for every request, and lasts its full time', async () => {
      const number = await room.enter('ann');
      const first = await room.tradeFor('ann', number);
      expect(first).toEqual({
        status: 'admitted',
        passId: 'pass-of-ann',
        expiresAt: room.given.now + RULES.passMs,
      });
      room.given.now += 5_000;
      const again = await room.admissions.trade(room.event, RULES, {
        ...room.turn('ann', number),
        passId: 'another',
      });
      expect(again).toEqual({ ...first, generation: GENERATION });
      room.given.now += RULES.passMs - 5_000;
      expect(await room.use('ann', 'r1')).toBe('spent');
      expect(await room.view()).toMatchObject({ inside: 0, counts: { admitted: 1, timedOut: 1 } });
    });

    it('is used for one reservation at a time', async () => {
      await room.enter('ann');
      expect(await room.use('ann', 'r1')).toBe('granted');
      expect(await room.use('ann', 'r1')).toBe('granted');
      expect(await room.use('ann', 'r2')).toBe('in-use');
      await room.settle('ann', 'r1');
      expect(await room.use('ann', 'r2')).toBe('granted');
    });

    it('is granted to one of many reservations at the same moment', async () => {
      await room.enter('ann');
      const uses = await Promise.all(
        Array.from({ length: 20 }, (_, at) => room.use('ann', `r${at}`)),
      );
      expect(uses.filter((one) => one === 'granted')).toHaveLength(1);
      expect(uses.filter((one) => one === 'in-use')).toHaveLength(19);
    });

    it('whose use came to nothing that anybody knows is free again after a while', async () => {
      await room.enter('ann');
      await room.use('ann', 'r1');
      room.given.now += 14_999;
      expect(await room.use('ann', 'r2')).toBe('in-use');
      room.given.now += 1;
      expect(await room.use('ann', 'r2')).toBe('granted');
    });

    it('stays used, and its slot taken, for as long as seats are held', async () => {
      await room.enter('ann');
      await room.use('ann', 'r1');
      await room.settle('ann', 'r1', room.given.now + 2 * RULES.passMs);
      room.given.now += RULES.passMs;
      expect(await room.use('ann', 'r2')).toBe('in-use');
      // A repetition that is refused takes nothing back.
      await room.settle('ann', 'r1');
      expect(await room.use('ann', 'r2')).toBe('in-use');
      expect(await room.view()).toMatchObject({ inside: 1 });
      expect(await room.admissions.shoppers(room.event, 10)).toEqual([
        { account: 'ann', reservationId: 'r1' },
      ]);
      room.given.now += RULES.passMs;
      expect(await room.view()).toMatchObject({ inside: 0 });
    });

    it('is of no use to another account, nor another pass to this one', async () => {
      await room.enter('ann');
      expect(await room.use('bob', 'r1', 'pass-of-ann')).toBe('spent');
      expect(await room.use('ann', 'r1', 'pass-of-bob')).toBe('spent');
    });

    it('of another generation is outdated', async () => {
      await room.enter('ann');
      const used = {
        account: 'ann',
        passId: 'pass-of-ann',
        reservationId: 'r1',
        generation: 'before',
      };
      expect(await room.admissions.usePass(room.event, RULES, used)).toBe('outdated');
    });

    it('and its number are spent when its holder leaves; the account may return', async () => {
      const number = await room.enter('ann');
      await room.use('ann', 'r1');
      await room.admissions.leave(room.event, ['ann', 'nobody']);
      expect(await room.use('ann', 'r1')).toBe('spent');
      expect(await room.tradeFor('ann', number)).toEqual({ status: 'spent' });
      expect(await room.arrive('ann', number)).toBe(number + 1);
      expect(await room.view()).toMatchObject({
        inside: 0,
        counts: { admitted: 1, left: 1, timedOut: 0 },
      });
    });

    it('is given at the rate of the room, also to accounts that were called earlier', async () => {
      for (let at = 1; at <= 30; at++) await room.arrive(`a${at}`);
      for (let second = 0; second < 3; second++) {
        await room.view(TEN_A_SECOND);
        room.given.now += 1_000;
      }
      const all = async () => {
        const traded = [];
        for (let at = 1; at <= 30; at++)
          traded.push(await room.tradeFor(`a${at}`, at, TEN_A_SECOND));
        return traded.filter(({ status }) => status === 'admitted').length;
      };
      expect(await all()).toBe(5);
      room.given.now += 300;
      expect(await all()).toBe(8);
      room.given.now += 1_000;
      expect(await all()).toBe(13);
    });
  });

export const describeWalkIns = (room: RoomUnderTest): void =>
  describe('walking in', () => {
    const walk = (account: string, rules = RULES) =>
      room.admissions.walkIn(room.event, rules, { account, passId: `pass-of-${account}` });

    it('needs no number while nobody waits, and takes a slot', async () => {
      expect(await walk('ann')).toEqual({ passId: 'pass-of-ann', generation: GENERATION });
      expect(await walk('ann')).toEqual({ passId: 'pass-of-ann', generation: GENERATION });
      expect(await room.view()).toMatchObject({ issued: 1, nowServing: 1, inside: 1 });
      expect(await room.use('ann', 'r1')).toBe('granted');
    });

    it('is refused when it is full, when others wait, and while the room is paused', async () => {
      for (const account of ['ann', 'bob', 'cleo']) await walk(account);
      expect(await walk('dan')).toBeUndefined();
      await room.arrive('dan');
      await room.admissions.leave(room.event, ['ann']);
      expect(await walk('eve', { ...RULES, admitting: false })).toBeUndefined();
      expect(await walk('dan')).toBeUndefined();
    });
  });
