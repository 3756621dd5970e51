/** Limits for JSON before it is parsed, besides its length in bytes. */
export interface JsonLimits {
  /** Levels of objects and lists. */
  readonly depth: number;
  /** Objects and lists. */
  readonly containers: number;
  /** Members of all objects and entries of all lists. */
  readonly values: number;
  /** Members of one object: objects with more are slow to build. */
  readonly keysOfObject: number;
  /** Different member names: V8 keeps each one in a table. */
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
  /** Name of the member of the outermost object that exceeds the limit; empty if there is none. */
  readonly member: string;
}

/**
 * Returns the limit that a JSON text exceeds, or undefined. Scans the bytes once without parsing,
 * because parsing could cost seconds and a hundred times the memory. Does not detect invalid JSON.
 */
export function passedLimit(json: Uint8Array, limits: JsonLimits): PassedLimit | undefined {
  const scan = new JsonScan(json, limits);
  const limit = scan.run();
  return limit === undefined ? undefined : { limit, member: scan.member() };
}

class JsonScan {
  readonly #json: Uint8Array;
  readonly #limits: JsonLimits;
  /** By depth: whether the container is an object, and its number of keys. */
  readonly #isObject: Uint8Array;
  readonly #keys: Uint32Array;
  /** Hashes of the member names. */
  readonly #names = new Set<number>();
  #at = 0;
  #depth = 0;
  #containers = 0;
  #values = 0;
  /** Whether the next string is the name of a member. */
  #isName = false;
  /** Name of the current member of the outermost object. */
  readonly #member = { from: 0, to: 0 };

  constructor(json: Uint8Array, limits: JsonLimits) {
    this.#json = json;
    this.#limits = limits;
    this.#isObject = new Uint8Array(limits.depth + 1);
    this.#keys = new Uint32Array(limits.depth + 1);
  }

  /** Returns the first limit that is exceeded. */
  run(): string | undefined {
    const json = this.#json;
    let limit: string | undefined;
    for (; this.#at < json.length && limit === undefined; this.#at++) {
      const byte = json[this.#at]!;
      switch (byte) {
        case QUOTE:
          limit = this.#string();
          break;
        case COMMA:
          limit = this.#comma();
          break;
        case OPEN_LIST:
        case OPEN_OBJECT:
          limit = this.#open(byte === OPEN_OBJECT);
          break;
        case CLOSE_LIST:
        case CLOSE_OBJECT:
          if (this.#depth > 0) this.#depth--;
          this.#isName = false;
      }
    }
    return limit;
  }

  member(): string {
    const { from, to } = this.#member;
    return new TextDecoder().decode(this.#json.subarray(from, Math.min(to, from + MAX_MEMBER)));
  }

  /** Moves to the closing quote. */
  #string(): string | undefined {
    const json = this.#json;
    const from = this.#at + 1;
    const isName = this.#isName;
    let hash = FNV.offset;
    let at = from;
    for (; at < json.length && json[at] !== QUOTE; at++) {
      if (json[at] === BACKSLASH) hash = Math.imul(hash ^ json[at++]!, FNV.prime);
      if (isName) hash = Math.imul(hash ^ json[at]!, FNV.prime);
    }
    this.#at = at;
    return isName ? this.#name(hash, from, at) : undefined;
  }

  #name(hash: number, from: number, to: number): string | undefined {
    const { keysOfObject, names } = this.#limits;
    this.#isName = false;
    if (this.#depth === 1) Object.assign(this.#member, { from, to });
    if (++this.#keys[this.#depth]! > keysOfObject)
      return `at most ${keysOfObject} keys in an object`;
    return this.#names.size <= names && this.#names.add(hash).size > names
      ? `at most ${names} different keys`
      : undefined;
  }

  #comma(): string | undefined {
    if (++this.#values > this.#limits.values) return `at most ${this.#limits.values} values`;
    this.#isName = this.#isObject[this.#depth] === 1;
    return undefined;
  }

  #open(isObject: boolean): string | undefined {
    const { depth, containers } = this.#limits;
    if (++this.#depth > depth) return `at most ${depth} levels`;
    if (++this.#containers > containers) return `at most ${containers} objects and lists`;
    this.#isObject[this.#depth] = isObject ? 1 : 0;
    this.#keys[this.#depth] = 0;
    this.#isName = isObject;
    return undefined;
  }
}

/**
 * Whether a parsed value is within these limits. Copying and checking a value recurse for each
 * level.
 */
export function isSmall(value: unknown, limits: Pick<JsonLimits, 'depth' | 'values'>): boolean {
  let values = 0;
  const fits = (value: unknown, depth: number): boolean => {
    if (++values > limits.values || depth > limits.depth) return false;
    if (typeof value !== 'object' || value === null) return true;
    return Object.values(value).every((member) => fits(member, depth + 1));
  };
  return fits(value, 0);
}

/**
 * Limits for requests without a seating plan: the largest name a few thousand seats, three levels
 * deep.
 */
export const SMALL = { depth: 8, values: 20_000 };
