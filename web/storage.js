const PREFIX = 'boxoffice.';
/** Used when the browser offers no storage: the page then works until it is closed. */
const memory = new Map();

/** @param {string} name @returns {any} the stored value, or null */
export function recall(name) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? (memory.get(name) ?? null) : JSON.parse(text);
  } catch {
    return memory.get(name) ?? null;
  }
}

/** @param {string} name @param {unknown} value null removes the stored value */
export function keep(name, value) {
  if (value === null) memory.delete(name);
  else memory.set(name, value);
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Private mode or a full disk: `memory` has the value.
  }
}

/**
 * Whether a key of the browser's storage stores a name.
 * @param {string | null} key @param {string} name
 */
export const isKeptAs = (key, name) => key === PREFIX + name;

/** Returns a random id. Browsers offer `randomUUID` only over HTTPS and on localhost. */
export function randomId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
