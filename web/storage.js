const PREFIX = 'boxoffice.';
/** Stands in when the browser refuses storage, so that the page still works until it is closed. */
const memory = new Map();

/** @param {string} name @returns {any} what was kept, or null */
export function recall(name) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? (memory.get(name) ?? null) : JSON.parse(text);
  } catch {
    return memory.get(name) ?? null;
  }
}

/** @param {string} name @param {unknown} value null forgets it */
export function keep(name, value) {
  if (value === null) memory.delete(name);
  else memory.set(name, value);
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Private mode or a full disk: `memory` has it.
  }
}

/** Whether a key of the browser's storage belongs to a name. @param {string | null} key @param {string} name */
export const isKeptAs = (key, name) => key === PREFIX + name;

/** A random id. `randomUUID` exists only on https and localhost, so plain http takes the longer way. */
export function randomId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
