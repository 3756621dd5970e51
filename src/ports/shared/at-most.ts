/**
 * Options of an `lru-cache` that holds at most `count` entries. Its `max` allocates room for all of
 * them at once, which for the caches of a starting node takes 0.3 s of CPU and 30 MB; this grows.
 */
export const atMost = (count: number) => ({ maxSize: count, sizeCalculation: () => 1 });
