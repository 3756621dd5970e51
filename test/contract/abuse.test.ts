import { openProofOfWork } from '../../src/adapters/abuse/altcha.js';
import { openDeclineCountsInMemory } from '../../src/adapters/abuse/decline-counts.js';
import { openHoldsInMemory } from '../../src/adapters/abuse/holds-in-memory.js';
import { openRateLimit } from '../../src/adapters/abuse/rate-limits.js';
import { openUsedOnce } from '../../src/adapters/abuse/used-once.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import { openManualClock } from '../support/manual-clock.js';
import { solved } from '../support/proof-of-work.js';
import { describeAbuseStores } from './abuse.contract.js';

describeAbuseStores('memory', () => ({
  holds: (clock = systemClock) => openHoldsInMemory(clock),
  declines: (clock, windowMs) => openDeclineCountsInMemory(clock, windowMs),
  used: () => openUsedOnce(systemClock),
  rate: (name, perMinute) => openRateLimit(name, perMinute),
}));

describe('proof of work', () => {
  const used = openUsedOnce(systemClock);
  const proofs = openProofOfWork('a secret of the shop', used, systemClock);

  it('is good once, for the account that was asked', async () => {
    const proof = await solved((await proofs.challenge('anna', 100)) as never);
    expect(await proofs.check('berta', proof, 100)).toBe('invalid');
    expect(await proofs.check('anna', proof, 101)).toBe('invalid');
    expect(await proofs.check('anna', proof, 100)).toBeUndefined();
    expect(await proofs.check('anna', proof, 100)).toBe('used');
  });

  it('of another shop is none', async () => {
    const other = openProofOfWork('another secret', used, systemClock);
    const proof = await solved((await other.challenge('anna', 100)) as never);
    expect(await proofs.check('anna', proof, 100)).toBe('invalid');
  });

  it('is too late after two minutes', async () => {
    const before = openProofOfWork(
      'a secret of the shop',
      used,
      openManualClock(Date.now() - 123_000),
    );
    const proof = await solved((await before.challenge('anna', 100)) as never);
    expect(await proofs.check('anna', proof, 100)).toBe('expired');
  });
});
