import type { Admissions } from '../../src/ports/waiting-room/admissions.js';
import { GENERATION, RULES, type AdmissionsUnderTest } from '../support/admissions.js';

let queues = 0;

/** Contract of every `Admissions` adapter about queues. */
export function describeQueuesContract(
  name: string,
  open: () => Promise<AdmissionsUnderTest>,
): void {
  describe(`queues of admissions: ${name}`, () => {
    let given: AdmissionsUnderTest;
    let admissions: Admissions;
    let queue: string;
    beforeAll(async () => {
      given = await open();
      ({ admissions } = given);
    });
    afterAll(() => given?.stop());
    beforeEach(() => {
      queue = `queue-${++queues}`;
    });

    const setUp = async (ceiling: number) => {
      const known = { issued: 0, nowServing: 0, lastGiven: undefined, generation: GENERATION };
      await admissions.restore(queue, known);
      await admissions.raiseCeiling(queue, ceiling);
    };
    const take = (account: string, shown?: number) => admissions.takeNumber(queue, account, shown);

    it('answers simultaneous requests for taken, shown, new and exhausted numbers', async () => {
      await setUp(4);
      const [ann, bob, cleo] = [1, 2, 4].map((number) => ({ number }));
      expect(await take('ann')).toEqual(ann);
      const taken = await Promise.all([
        ...[take('bob'), take('ann'), take('cleo', 4)],
        ...[take('dan'), take('bob'), take('cleo')],
      ]);
      expect(taken).toEqual([bob, ann, cleo, 'ceiling-reached', bob, cleo]);
    });

    it('reports the time of the pass with a traded number while its holder is inside', async () => {
      await setUp(4);
      await admissions.advance(queue, RULES);
      given.now += 1_000;
      const turn = { account: 'ann', number: 1, place: 1, passId: 'p' };
      expect(await take('ann')).toEqual({ number: 1 });
      expect(await admissions.trade(queue, RULES, turn)).toMatchObject({ status: 'admitted' });
      const since = given.now;
      given.now += 5_000;
      expect(await take('ann')).toEqual({ number: 1, since });
      expect(await take('ann', 1)).toEqual({ number: 1, since });
      await admissions.leave(queue, ['ann']);
      expect(await take('ann', 1)).toEqual({ number: 2 });
    });

    it('keeps nothing of a queue that is dropped, and another as it was', async () => {
      await setUp(4);
      await take('ann');
      const over = queue;
      queue = `queue-${++queues}`;
      await setUp(9);
      await take('bob');
      await admissions.drop(over);
      await expect(admissions.shoppers(over, 1)).rejects.toMatchObject({ name: 'AdmissionsLost' });
      expect(await take('ann')).toEqual({ number: 2 });
      // Set up again it begins where it is told to, whatever was seen of it.
      queue = over;
      await setUp(4);
      expect(await take('cleo')).toEqual({ number: 1 });
      await admissions.drop('queue-of-nobody');
    });
  });
}
