const BUCKETS = 12;

export interface SlidingCount {
  /** @param at milliseconds since the epoch, not before the previous `at` */
  add(at: number, count: number): void;
  total(now: number): number;
}

/**
 * Sums counts over the last `windowMs` milliseconds, with a resolution of a twelfth of the window.
 */
export function slidingCount(windowMs: number): SlidingCount {
  const width = windowMs / BUCKETS;
  let counts: { slot: number; count: number }[] = [];
  return {
    add: (at, count) => {
      if (count === 0) return;
      const slot = Math.floor(at / width);
      const last = counts.at(-1);
      if (last?.slot === slot) last.count += count;
      else counts.push({ slot, count });
      if (counts.length > BUCKETS + 1) counts = counts.slice(-BUCKETS - 1);
    },
    total: (now) => {
      const oldest = Math.floor(now / width) - BUCKETS;
      return counts.reduce((sum, { slot, count }) => (slot > oldest ? sum + count : sum), 0);
    },
  };
}
