/** Something that few can use at once, shared fairly between those who ask for it. */
export interface FairShare {
  /**
   * Resolves when it is this asker's turn, with what gives the place back. Askers take turns, whatever the number of their
   * requests; the requests of one asker stay in order.
   * @throws NoRoom when too many are waiting, or when `signal` aborts first
   */
  enter(asker: string, signal?: AbortSignal): Promise<() => void>;
  /** Requests that wait. */
  waiting(): number;
}

export interface FairShareLimits {
  /** Requests that are served at once. */
  readonly places: number;
  /** Of these, how many one asker may have. */
  readonly placesPerAsker: number;
  /** Requests of one asker that may wait. */
  readonly maxWaitingPerAsker: number;
  /** Askers with requests that wait. */
  readonly maxAskersWaiting: number;
}

/** Too many are waiting, or this one has stopped waiting. */
export class NoRoom extends Error {
  override name = 'NoRoom';
}

interface Waiter {
  start(): void;
}

export function openFairShare(limits: FairShareLimits): FairShare {
  const running = new Map<string, number>();
  /** Askers in the order of their turns. */
  const queues = new Map<string, Waiter[]>();
  let places = limits.places;
  let waiting = 0;

  const startNext = () => {
    for (const [asker, queue] of queues) {
      if (places === 0) return;
      if ((running.get(asker) ?? 0) >= limits.placesPerAsker) continue;
      const next = queue.shift()!;
      // To the end of the line; a Map visits what is added while it is walked through.
      queues.delete(asker);
      if (queue.length > 0) queues.set(asker, queue);
      waiting--;
      take(asker);
      next.start();
    }
  };

  const take = (asker: string) => {
    places--;
    running.set(asker, (running.get(asker) ?? 0) + 1);
  };

  const releaseOf = (asker: string) => {
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      places++;
      const left = running.get(asker)! - 1;
      if (left > 0) running.set(asker, left);
      else running.delete(asker);
      startNext();
    };
  };

  const wait = (asker: string, signal?: AbortSignal) =>
    new Promise<() => void>((resolve, reject) => {
      const queue = queues.get(asker) ?? [];
      const leave = () => {
        queue.splice(queue.indexOf(waiter), 1);
        if (queue.length === 0) queues.delete(asker);
        waiting--;
        reject(new NoRoom('Stopped waiting.'));
      };
      const waiter: Waiter = {
        start: () => {
          signal?.removeEventListener('abort', leave);
          resolve(releaseOf(asker));
        },
      };
      queue.push(waiter);
      queues.set(asker, queue);
      waiting++;
      signal?.addEventListener('abort', leave, { once: true });
    });

  return {
    waiting: () => waiting,
    enter: async (asker, signal) => {
      if (signal?.aborted) throw new NoRoom('Stopped waiting.');
      const own = queues.get(asker);
      if (!own && places > 0 && (running.get(asker) ?? 0) < limits.placesPerAsker) {
        take(asker);
        return releaseOf(asker);
      }
      if (own ? own.length >= limits.maxWaitingPerAsker : queues.size >= limits.maxAskersWaiting)
        throw new NoRoom(`${waiting} requests are waiting.`);
      return wait(asker, signal);
    },
  };
}
