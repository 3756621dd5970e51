import { Problem } from '../../problems/problems.js';

/**
 * Limits how many requests of a kind run at once and how many wait, because they take CPU time from
 * sales.
 */
export interface Gate {
  /** @throws Problem `audit-busy` */
  enter(): Promise<() => void>;
}

export function openGate(atOnce: number, mayWait: number): Gate {
  let inside = 0;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else inside--;
  };
  const once = () => {
    let left = false;
    return () => {
      if (!left) leave();
      left = true;
    };
  };
  return {
    enter: async () => {
      if (inside < atOnce) {
        inside++;
        return once();
      }
      if (waiting.length >= mayWait) throw new Problem('audit-busy');
      await new Promise<void>((resolve) => waiting.push(resolve));
      return once();
    },
  };
}
