import type { Admissions } from '../../src/ports/admissions.js';
import { GENERATION, type AdmissionsUnderTest } from '../support/admissions.js';

let rows = 0;

/** How every adapter of the port keeps a row of people. */
export function describeRowsContract(name: string, open: () => Promise<AdmissionsUnderTest>): void {
  describe(`rows of admissions: ${name}`, () => {
    let given: AdmissionsUnderTest;
    let admissions: Admissions;
    let row: string;
    beforeAll(async () => {
      given = await open();
      ({ admissions } = given);
    });
    afterAll(() => given?.stop());
    beforeEach(() => {
      row = `row-${++rows}`;
    });

    const setUp = async (ceiling: number) => {
      const known = { issued: 0, nowServing: 0, lastGiven: undefined, generation: GENERATION };
      await admissions.restore(row, known);
      await admissions.raiseCeiling(row, ceiling);
    };
    const take = (account: string, shown?: number) => admissions.takeNumber(row, account, shown);

    it('gives to all who ask at once what is theirs: who has a number, shows one, is new, or comes when none is left', async () => {
      await setUp(4);
      const [ann, bob, cleo] = [1, 2, 4].map((number) => ({ number }));
      expect(await take('ann')).toEqual(ann);
      const taken = await Promise.all([
        ...[take('bob'), take('ann'), take('cleo', 4)],
        ...[take('dan'), take('bob'), take('cleo')],
      ]);
      expect(taken).toEqual([bob, ann, cleo, 'ceiling-reached', bob, cleo]);
    });
  });
}
