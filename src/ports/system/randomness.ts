/** Ids and chance. They come through here, so that a simulation can replay a run exactly. */
export interface Randomness {
  /** A UUID that was never given before. */
  uuid(): string;
  /** From 0 up to but not including 1. */
  fraction(): number;
}
