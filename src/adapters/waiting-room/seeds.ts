import { createHmac } from 'node:crypto';
import { commitmentTo, type SeedOf } from '../../domain/waiting-room/shuffle.js';

/**
 * Seeds that follow from a secret of the shop. What was told of one stays true when another key signs by then, as long as the one of
 * before is in the set.
 * @param secrets the first counts where nothing was told; at least one
 */
export function openSeeds(secrets: readonly Uint8Array[]): SeedOf {
  return (eventId, run, told) => {
    const [newest, ...older] = secrets.map((secret) =>
      createHmac('sha256', secret)
        .update(`waiting room ${eventId} ${run}`)
        .digest('hex')
        .slice(0, 32),
    ) as [string, ...string[]];
    return older.find((seed) => commitmentTo(seed) === told) ?? newest;
  };
}
