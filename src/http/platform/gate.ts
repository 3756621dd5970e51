import { Problem } from '../problems/problems.js';

/** Lets a few in at a time, and a few more wait: what they ask for takes the time of those who buy. */
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
