import { RULES, TEN_A_SECOND } from '../support/admissions.js';
import type { RoomUnderTest } from './admissions-room.js';

export const describeLostState = (room: RoomUnderTest): void =>
  describe('what is lost', () => {
    it('is reported by every call', async () => {
      await room.enter('ann');
      await room.given.loseAll();
      const lost = expect.objectContaining({ name: 'AdmissionsLost' });
      const calls = [
        () => room.view(),
        () => room.arrive('ann'),
        () => room.tradeFor('ann', 1),
        () => room.admissions.walkIn(room.event, RULES, { account: 'a', passId: 'p' }),
        () => room.use('ann', 'r1'),
        () => room.settle('ann', 'r1'),
        () => room.admissions.leave(room.event, ['ann']),
        () => room.admissions.shoppers(room.event, 1),
        () => room.admissions.raiseCeiling(room.event, 1),
      ];
      for (const call of calls) await expect(call()).rejects.toThrow(lost);
    });

    it('goes on above every number that can have been given', async () => {
      for (let at = 0; at < 20; at++) await room.arrive(`a${at}`);
      await room.given.loseAll();
      await room.restore(100, 5, 20);
      expect(await room.admissions.takeNumber(room.event, 'new', undefined)).toBe(
        'ceiling-reached',
      );
      await room.admissions.raiseCeiling(room.event, 200);
      expect(await room.arrive('new')).toBe(101);
      expect(await room.arrive('a7', 8)).toBe(8);
      expect(await room.view()).toMatchObject({ issued: 101, nowServing: 5, inside: 0 });
    });

    it('begins with an empty bucket', async () => {
      for (let at = 0; at < 40; at++) await room.arrive(`a${at}`);
      await room.given.loseAll();
      await room.restore(40, 5, 40);
      expect(await room.view(TEN_A_SECOND)).toMatchObject({ nowServing: 5 });
      room.given.now += 300;
      expect(await room.view(TEN_A_SECOND)).toMatchObject({ nowServing: 8 });
    });

    it('passes over unknown numbers, and admits their holders first', async () => {
      await room.given.loseAll();
      await room.restore(100, 2, 2);
      await room.admissions.raiseCeiling(room.event, 200);
      await room.arrive('new');
      expect(await room.view()).toMatchObject({ issued: 101, nowServing: 2 });
      room.given.now += 1_000;
      expect(await room.view()).toMatchObject({ nowServing: 100, called: 0 });
      expect(await room.tradeFor('late', 60, { ...RULES, maxShoppers: 1 })).toMatchObject({
        status: 'admitted',
      });
      room.given.now += 4_000;
      expect(await room.view()).toMatchObject({ nowServing: 101, called: 1 });
    });

    it('is set up once', async () => {
      const number = await room.arrive('ann');
      await room.restore(0, 0);
      expect(await room.arrive('ann')).toBe(number);
      expect(await room.tradeFor('ann', number)).toMatchObject({ status: 'admitted' });
    });
  });
