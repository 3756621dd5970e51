import { hash } from 'node:crypto';

/** Rounds of the Feistel network. Six leave no pattern in statistical tests. */
const ROUNDS = 6;

/**
 * Commitment that is published before the opening, so that the seed cannot be chosen afterwards.
 * Hex of 256 bits.
 */
export const commitmentTo = (seed: string): string => hash('sha256', seed, 'hex');

/**
 * Returns the seed that shuffles the early arrivals of one run of a room: 32 hex characters.
 * @param published the commitment of the seed, from `commitmentTo`; null if none was published
 */
export type SeedOf = (eventId: string, run: number, published: string | null) => string;

/**
 * Returns the place of an early arrival: a permutation of 1 to `size` that follows from the seed
 * alone, so that everyone can verify all places. A Feistel network over the next power of four is
 * repeated until the result is in range, so nothing is stored, whatever the size. Numbers outside
 * of 1 to `size` keep their place.
 * @param seed 32 hex characters
 */
export function shuffledPlace(number: number, size: number, seed: string): number {
  if (number < 1 || number > size) return number;
  const half = Math.max(1, Math.ceil(Math.log2(size) / 2));
  const keys = [0, 8, 16, 24].map((at) => Number.parseInt(seed.slice(at, at + 8), 16));
  let place = number - 1;
  do place = permute(place, half, keys);
  while (place >= size);
  return place + 1;
}

function permute(value: number, half: number, keys: readonly number[]): number {
  const width = 2 ** half;
  let left = Math.floor(value / width);
  let right = value % width;
  for (let round = 0; round < ROUNDS; round++) {
    const mixed = mix(right ^ keys[round % keys.length]! ^ Math.imul(round + 1, 0x9e3779b9));
    [left, right] = [right, (left ^ mixed) & (width - 1)];
  }
  return left * width + right;
}

/**
 * The finalizer of MurmurHash3 (public domain, Austin Appleby): every input bit changes half of the
 * output bits.
 */
function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
