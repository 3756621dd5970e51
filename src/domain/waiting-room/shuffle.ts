import { hash } from 'node:crypto';

/** Rounds of the network: six leave no pattern that a count could find. */
const ROUNDS = 6;

/** What is told beforehand of a seed, so that nobody can choose one afterwards. Hex of 256 bits. */
export const commitmentTo = (seed: string): string => hash('sha256', seed, 'hex');

/**
 * The seed by which the early arrivals of a run of a room are shuffled: 32 hex characters.
 * @param told what is known of it already, as `commitmentTo` gives it; null for nothing
 */
export type SeedOf = (eventId: string, run: number, told: string | null) => string;

/**
 * Where early arrivals come to stand: a permutation of 1 to `size` that follows from the seed alone, so that everybody can work out
 * the own place and check everyone's. A Feistel network over the next power of four, walked until it comes out in range: nothing is kept,
 * whatever the size. A number that is none of those stays where it is: walked from outside, the network may never come in.
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

/** The finaliser of MurmurHash3 (public domain, Austin Appleby): every bit of the input turns half of the output. */
function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
