import { createHmac } from 'node:crypto';
import { commitmentTo, type SeedOf } from '../../domain/waiting-room/shuffle.js';

/**
 * Derives shuffle seeds from a secret. A published commitment stays valid after a rotation of the
 * secret, as long as the earlier secret is in the set.
 * @param secrets the first is used without a commitment; at least one
 */
export function openSeeds(secrets: readonly Uint8Array[]): SeedOf {
  return (eventId, run, commitment) => {
    const [newest, ...older] = secrets.map((secret) =>
      createHmac('sha256', secret)
        .update(`waiting room ${eventId} ${run}`)
        .digest('hex')
        .slice(0, 32),
    ) as [string, ...string[]];
    return older.find((seed) => commitmentTo(seed) === commitment) ?? newest;
  };
}
