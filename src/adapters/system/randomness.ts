import { randomUUID } from 'node:crypto';
import type { Randomness } from '../../ports/system/randomness.js';

export const systemRandomness: Randomness = {
  uuid: () => randomUUID(),
  fraction: () => Math.random(),
};
