/**
 * Where a number stands once the early ones are shuffled: the same sum as `src/domain/waiting-room/shuffle.ts`, so that everybody can
 * check the place that the box office says; a test holds the two together.
 */
const ROUNDS = 6;

/** @param {number} number @param {number} early how many were shuffled @param {string} seed 32 hex characters */
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

/** The finaliser of MurmurHash3 (public domain, Austin Appleby). @param {number} value */
function mix(value) {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
