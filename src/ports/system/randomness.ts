/** Ids and random numbers. A simulation replaces them to repeat a run exactly. */
export interface Randomness {
  /** Returns a new UUID. */
  uuid(): string;
  /** Returns a number from 0 up to but not including 1. */
  fraction(): number;
}
