/** Guesses under way at once: a browser spreads them over its threads, and the page stays free to answer a hand. */
const AT_ONCE = 8;
const COUNTER_BYTES = 4;

/**
 * Solves a challenge of the box office (ALTCHA, version 2) as it is asked for of what looks automated. It takes a part of a
 * second up to a few; a page served over plain HTTP from another machine cannot, for browsers keep their cryptography back there.
 * @param {any} challenge @param {AbortSignal} [signal]
 * @param {number} [patienceMs] gives up after this long; no work is lost, because each guess is equally likely
 * @returns {Promise<string | undefined>} value of the header `Proof-Of-Work`; undefined when it gave up
 */
export async function solve(challenge, signal, patienceMs = Infinity) {
  const { algorithm, nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const [kind, hash] = algorithm.split('/');
  if (kind !== 'PBKDF2')
    throw new Error(`The box office asks for ${algorithm}, which this page does not know.`);
  const settings = { name: 'PBKDF2', salt: bytesOf(salt), iterations: cost, hash };
  const guess = async (/** @type {number} */ counter) => {
    const key = await crypto.subtle.importKey('raw', password(nonce, counter), 'PBKDF2', false, [
      'deriveBits',
    ]);
    return {
      counter,
      derivedKey: hexOf(await crypto.subtle.deriveBits(settings, key, keyLength * 8)),
    };
  };
  const until = Date.now() + patienceMs;
  for (let counter = 0; Date.now() < until; counter += AT_ONCE) {
    signal?.throwIfAborted();
    const guesses = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, ahead) => guess(counter + ahead)),
    );
    const solution = guesses.find(({ derivedKey }) => derivedKey.startsWith(keyPrefix));
    if (solution) return btoa(JSON.stringify({ challenge, solution }));
  }
  return undefined;
}

/** @param {string} nonce @param {number} counter */
function password(nonce, counter) {
  const bytes = bytesOf(nonce);
  const whole = new Uint8Array(bytes.length + COUNTER_BYTES);
  whole.set(bytes);
  new DataView(whole.buffer).setUint32(bytes.length, counter);
  return whole;
}

const bytesOf = (/** @type {string} */ hex) =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

const hexOf = (/** @type {ArrayBuffer} */ buffer) =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
