import { TEN_A_SECOND, type AdmissionsUnderTest } from '../support/admissions.js';
import { describeLostState } from './admissions-lost.contract.js';
import {
  describeCalling,
  describeNoShows,
  describeNumbers,
} from './admissions-numbers.contract.js';
import { describePasses, describeWalkIns } from './admissions-passes.contract.js';
import { RoomUnderTest } from './admissions-room.js';

/** Tests of every adapter of the port. */
export function describeAdmissionsContract(
  name: string,
  open: () => Promise<AdmissionsUnderTest>,
): void {
  describe(`admissions: ${name}`, () => {
    const room = new RoomUnderTest();
    beforeAll(async () => {
      room.given = await open();
    });
    afterAll(() => room.given?.stop());
    beforeEach(() => room.openEvent());

    describeNumbers(room);
    describeCalling(room);
    describeNoShows(room);
    describePasses(room);
    describeWalkIns(room);
    describeLostState(room);

    it('admits earlier places first while they keep asking', async () => {
      for (let at = 1; at <= 10; at++) await room.arrive(`a${at}`);
      await room.view(TEN_A_SECOND);
      const ask = async (at: number) => (await room.tradeFor(`a${at}`, at, TEN_A_SECOND)).status;
      for (const at of [6, 7, 8, 9, 10]) expect(await ask(at)).toBe('admitted');
      expect(await ask(1)).toBe('called');
      room.given.now += 100;
      expect(await ask(2)).toBe('called');
      expect(await ask(1)).toBe('admitted');
      room.given.now += 100;
      expect(await ask(3)).toBe('called');
      // Number 2 has not asked any more.
      room.given.now += 2_900;
      expect(await ask(3)).toBe('admitted');
    });
  });
}
