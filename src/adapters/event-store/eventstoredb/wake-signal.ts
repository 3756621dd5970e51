/** Wakes waiting loops. */
export interface WakeSignal {
  wake: () => void;
  /** Resolves at the next notification. */
  next(): Promise<void>;
}

export function createWakeSignal(): WakeSignal {
  let listeners: (() => void)[] = [];
  return {
    wake: () => {
      const woken = listeners;
      listeners = [];
      for (const listener of woken) listener();
    },
    next: () => new Promise((resolve) => listeners.push(resolve)),
  };
}
