/** Limits for JSON that is about to be parsed, besides its length in bytes. */
export interface JsonLimits {
  /** Levels of objects and lists. */
  readonly depth: number;
  /** Objects and lists. */
  readonly containers: number;
  /** Members of all objects and entries of all lists. */
  readonly values: number;
  /** Members of one object: objects with more are slow to build. */
  readonly keysOfObject: number;
  /** Different member names: the engine keeps each one in a table. */
  readonly names: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** Bytes of a member's name that are reported. */
const MAX_MEMBER = 100;
/** Constants of the FNV-1a hash of a name. */
const FNV = { offset: 0x811c9dc5, prime: 0x01000193 };

export interface PassedLimit {
  /** The limit in words. */
  readonly limit: string;
  /** Member of the outermost object in which the limit is exceeded, as written; empty when there is none. */
  readonly member: string;
}

/**
 * The limit that a JSON text exceeds, or undefined. One pass over the bytes, without parsing: parsing would cost
 * seconds and a hundred times the memory. Does not detect invalid JSON.
 */
export function passedLimit(json: Uint8Array, limits: JsonLimits): PassedLimit | undefined {
  const isObject = new Uint8Array(limits.depth + 1);
  const keys = new Uint32Array(limits.depth + 1);
  const names = new Set<number>();
  let depth = 0;
  let containers = 0;
  let values = 0;
  let isName = false;
  const member = { from: 0, to: 0 };
  const passed = (limit: string): PassedLimit => ({
    limit,
    member: new TextDecoder().decode(
      json.subarray(member.from, Math.min(member.to, member.from + MAX_MEMBER)),
    ),
  });
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    switch (byte) {
      case QUOTE: {
        let hash = FNV.offset;
        const from = at + 1;
        for (at++; at < json.length && json[at] !== QUOTE; at++) {
          if (json[at] === BACKSLASH) hash = Math.imul(hash ^ json[at++]!, FNV.prime);
          if (isName) hash = Math.imul(hash ^ json[at]!, FNV.prime);
        }
        if (!isName) break;
        isName = false;
        if (depth === 1) Object.assign(member, { from, to: at });
        if (++keys[depth]! > limits.keysOfObject)
          return passed(`at most ${limits.keysOfObject} keys in an object`);
        if (names.size <= limits.names && names.add(hash).size > limits.names)
          return passed(`at most ${limits.names} different keys`);
        break;
      }
      case COMMA:
        if (++values > limits.values) return passed(`at most ${limits.values} values`);
        isName = isObject[depth] === 1;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        if (++depth > limits.depth) return passed(`at most ${limits.depth} levels`);
        if (++containers > limits.containers)
          return passed(`at most ${limits.containers} objects and lists`);
        isObject[depth] = byte === OPEN_OBJECT ? 1 : 0;
        keys[depth] = 0;
        isName = isObject[depth] === 1;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        if (depth > 0) depth--;
        isName = false;
    }
  }
  return undefined;
}

/** Whether a parsed value is within these limits. Copying and checking it recurse for each level. */
export function isSmall(value: unknown, limits: Pick<JsonLimits, 'depth' | 'values'>): boolean {
  let values = 0;
  const fits = (value: unknown, depth: number): boolean => {
    if (++values > limits.values || depth > limits.depth) return false;
    if (typeof value !== 'object' || value === null) return true;
    return Object.values(value).every((member) => fits(member, depth + 1));
  };
  return fits(value, 0);
}

/** Limits for requests other than seating plans: the largest ask for a few thousand seats, three levels deep. */
export const SMALL = { depth: 8, values: 20_000 };
