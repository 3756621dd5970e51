import { openProofOfWork } from '../../src/adapters/abuse/altcha.js';
import { openUsedOnce } from '../../src/adapters/abuse/used-once.js';
import { systemClock } from '../../src/adapters/system/clock.js';

interface Page {
  solve(challenge: unknown, signal?: AbortSignal, patienceMs?: number): Promise<string | undefined>;
}
const { solve } = (await import('../../web/proof-of-work' + '.js')) as Page;

describe('the proof of work of the page', () => {
  const proofs = openProofOfWork('secret', openUsedOnce(systemClock), systemClock);

  it('solves challenges of the service', async () => {
    for (const rounds of [1, 50, 1_000]) {
      const solution = await solve(await proofs.challenge('anna', rounds));
      expect(await proofs.check('anna', solution!, rounds)).toBeUndefined();
    }
  });

  it('solves harder challenges, and gives up after the given time', async () => {
    const challenge = await proofs.challenge('anna', 1, 3);
    const solution = (await solve(challenge))!;
    expect(await proofs.check('anna', solution, 1, 4)).toBe('invalid');
    expect(await proofs.check('anna', solution, 16, 2)).toBeUndefined();
    expect(await solve(await proofs.challenge('anna', 100, 8), undefined, 50)).toBeUndefined();
  });

  it('stops on an abort signal', async () => {
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(solve(await proofs.challenge('anna', 1_000_000), gone)).rejects.toThrow('gone');
  });

  it('names an unknown algorithm', async () => {
    const challenge = { parameters: { algorithm: 'ARGON2ID' } };
    await expect(solve(challenge)).rejects.toThrow('ARGON2ID');
  });
});
