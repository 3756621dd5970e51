/** Limits concurrent work. */
export interface Slots {
  /** Takes a slot, first come, first served. Returns false when none was free in time. */
  take(timeoutMs: number): Promise<boolean>;
  free(): void;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    take(timeoutMs) {
      if (free > 0) {
        free--;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        const grant = () => {
          clearTimeout(timer);
          resolve(true);
        };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(grant), 1);
          resolve(false);
        }, timeoutMs);
        waiting.push(grant);
      });
    },
    free() {
      const next = waiting.shift();
      if (next) next();
      else free++;
    },
  };
}
