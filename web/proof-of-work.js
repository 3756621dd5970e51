/**
 * Guesses at the same time: the browser spreads them over its threads, and the page stays
 * responsive.
 */
const AT_ONCE = 8;
const COUNTER_BYTES = 4;

/**
 * Solves a proof-of-work challenge (ALTCHA, version 2), which the server requires of requests that
 * look automated. This takes up to a few seconds. It needs HTTPS or localhost: elsewhere browsers
 * offer no `crypto.subtle`.
 * @param {any} challenge @param {AbortSignal} [signal]
 * @param {number} [patienceMs] gives up after this long; no work is lost, because all guesses are
 * equally likely
 * @returns {Promise<string | undefined>} value of the header `Proof-Of-Work`; undefined after
 * giving up
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
