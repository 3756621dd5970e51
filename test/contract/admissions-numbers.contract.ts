import { RULES, TEN_A_SECOND } from '../support/admissions.js';
import type { RoomUnderTest } from './admissions-room.js';

export const describeNumbers = (room: RoomUnderTest): void =>
  describe('numbers', () => {
    it('go up by one, in the order in which they are taken', async () => {
      const numbers = await Promise.all(
        Array.from({ length: 50 }, (_, at) => room.arrive(`a${at}`)),
      );
      expect(numbers).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
    });

    it('are one for an account, however often it asks', async () => {
      const numbers = await Promise.all(Array.from({ length: 20 }, () => room.arrive('ann')));
      expect(new Set(numbers)).toEqual(new Set([1]));
      expect(await room.view()).toMatchObject({ issued: 1 });
    });

    it('are given up to the ceiling', async () => {
      await room.openEvent(1);
      await room.arrive('ann');
      expect(await room.admissions.takeNumber(room.event, 'bob', undefined)).toBe(
        'ceiling-reached',
      );
      await room.admissions.raiseCeiling(room.event, 5);
      expect(await room.arrive('bob')).toBe(2);
    });

    it('that are shown are kept, and raise the counter', async () => {
      expect(await room.arrive('ann', 40)).toBe(40);
      expect(await room.arrive('bob')).toBe(41);
      expect(await room.arrive('ann')).toBe(40);
    });

    it('are the lower one of two that an account has', async () => {
      expect(await room.arrive('ann', 40)).toBe(40);
      expect(await room.arrive('ann', 30)).toBe(30);
      expect(await room.arrive('ann', 35)).toBe(30);
      expect(await room.tradeFor('ann', 40)).toEqual({ status: 'spent' });
    });
  });

export const describeCalling = (room: RoomUnderTest): void =>
  describe('calling', () => {
    it('lets in at once as long as there are tokens, and no more than fit', async () => {
      for (const account of ['ann', 'bob', 'cleo']) await room.enter(account);
      const number = await room.arrive('dan');
      expect(await room.tradeFor('dan', number)).toEqual({ status: 'waiting' });
      expect(await room.view()).toMatchObject({ issued: 4, nowServing: 3, inside: 3, called: 0 });
    });

    it('is no faster than the rate, after one second of it', async () => {
      for (let at = 0; at < 40; at++) await room.arrive(`a${at}`);
      expect(await room.view(TEN_A_SECOND)).toMatchObject({ nowServing: 10 });
      for (const [ms, nowServing] of [
        [99, 10],
        [1, 11],
        [150, 12],
        [50, 13],
        [60_000, 23],
      ] as const) {
        room.given.now += ms;
        expect(await room.view(TEN_A_SECOND)).toMatchObject({ nowServing });
      }
    });

    it('brings nothing for time that a clock was set back by', async () => {
      for (let at = 0; at < 40; at++) await room.arrive(`a${at}`);
      await room.view(TEN_A_SECOND);
      room.given.now -= 3_600_000;
      expect(await room.view(TEN_A_SECOND)).toMatchObject({ nowServing: 10 });
      room.given.now += 500;
      expect(await room.view(TEN_A_SECOND)).toMatchObject({ nowServing: 15 });
    });

    it('rests while the room is paused, and makes up for nothing', async () => {
      for (let at = 0; at < 40; at++) await room.arrive(`a${at}`);
      await room.view(TEN_A_SECOND);
      const paused = { ...TEN_A_SECOND, admitting: false };
      expect(await room.tradeFor('a0', 1, paused)).toEqual({ status: 'called' });
      room.given.now += 30_000;
      expect(await room.view(paused)).toMatchObject({ nowServing: 10 });
      expect(await room.view(TEN_A_SECOND)).toMatchObject({ nowServing: 10 });
      room.given.now += 100;
      expect(await room.view(TEN_A_SECOND)).toMatchObject({ nowServing: 11 });
    });

    it('follows a rate that is changed', async () => {
      for (let at = 0; at < 40; at++) await room.arrive(`a${at}`);
      await room.view(TEN_A_SECOND);
      room.given.now += 1_000;
      expect(await room.view({ ...TEN_A_SECOND, perMinute: 60 })).toMatchObject({ nowServing: 11 });
    });

    it('is by place, where numbers were shuffled', async () => {
      const one = { ...RULES, maxShoppers: 1 };
      await room.arrive('ann');
      await room.arrive('bob');
      expect(await room.admissions.trade(room.event, one, room.turn('ann', 1, 2))).toMatchObject({
        status: 'waiting',
      });
      expect(await room.admissions.trade(room.event, one, room.turn('bob', 2, 1))).toMatchObject({
        status: 'admitted',
      });
    });

    it('measures its pace while people wait', async () => {
      for (let at = 0; at < 2_000; at++) await room.arrive(`a${at}`);
      for (let half = 0; half < 121; half++) {
        room.given.now += 500;
        await room.view({ ...RULES, maxShoppers: 100_000 });
      }
      const { pace } = await room.view({ ...RULES, maxShoppers: 100_000 });
      expect(pace).toBeGreaterThanOrEqual(590);
      expect(pace).toBeLessThanOrEqual(620);
    });
  });

export const describeNoShows = (room: RoomUnderTest): void =>
  describe('who is called and does not come', () => {
    it('loses the slot, not the place: it is called again, before all who wait', async () => {
      const one = { ...RULES, maxShoppers: 1 };
      for (const account of ['ann', 'bob', 'cleo']) await room.arrive(account);
      expect(await room.view(one)).toMatchObject({ nowServing: 1, called: 1 });
      room.given.now += 10_000;
      expect(await room.view(one)).toMatchObject({
        nowServing: 2,
        called: 1,
        counts: { noShows: 1 },
      });
      expect(await room.tradeFor('ann', 1, one)).toEqual({ status: 'called' });
      expect(await room.view(one)).toMatchObject({ late: 1 });
      expect(await room.tradeFor('bob', 2, one)).toMatchObject({ status: 'admitted' });
      await room.admissions.leave(room.event, ['bob']);
      room.given.now += 100;
      expect(await room.tradeFor('ann', 1, one)).toMatchObject({ status: 'admitted' });
      expect(await room.view(one)).toMatchObject({ nowServing: 2, late: 0, inside: 1 });
    });
  });
