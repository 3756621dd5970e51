/**
 * The same computation as `src/domain/waiting-room/shuffle.ts`, so that buyers can verify their
 * place.
 * A test compares the two.
 */
const ROUNDS = 6;

/**
 * Returns the place of a queue number after the early numbers are shuffled.
 * @param {number} number @param {number} early count of shuffled numbers @param {string} seed 32
 * hex
 * characters
 */
export function shuffledPlace(number, early, seed) {
  if (number < 1 || number > early) return number;
  const half = Math.max(1, Math.ceil(Math.log2(early) / 2));
  const keys = [0, 8, 16, 24].map((at) => Number.parseInt(seed.slice(at, at + 8), 16));
  let place = number - 1;
  do place = permute(place, half, keys);
  while (place >= early);
  return place + 1;
}

/** @param {number} value @param {number} half @param {number[]} keys */
function permute(value, half, keys) {
  const width = 2 ** half;
  let left = Math.floor(value / width);
  let right = value % width;
  for (let round = 0; round < ROUNDS; round++) {
    const mixed = mix(right ^ keys[round % keys.length] ^ Math.imul(round + 1, 0x9e3779b9));
    [left, right] = [right, (left ^ mixed) & (width - 1)];
  }
  return left * width + right;
}

/** The finalizer of MurmurHash3 (public domain, Austin Appleby). @param {number} value */
function mix(value) {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
