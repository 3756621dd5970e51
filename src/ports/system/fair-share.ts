/** A limited resource, shared fairly between its askers. */
export interface FairShare {
  /**
   * Resolves when this asker gets a place, with a function that releases it. Askers are served
   * round-robin, whatever the number of their requests; the requests of one asker stay in order.
   * @throws NoRoom when too many are waiting, or when `signal` aborts first
   */
  enter(asker: string, signal?: AbortSignal): Promise<() => void>;
  /** Requests that wait. */
  waiting(): number;
}

export interface FairShareLimits {
  /** Requests served at the same time. */
  readonly places: number;
  /** Maximum of these for one asker. */
  readonly placesPerAsker: number;
  /** Maximum of waiting requests of one asker. */
  readonly maxWaitingPerAsker: number;
  /** Maximum of askers with waiting requests. */
  readonly maxAskersWaiting: number;
}

/** Too many requests are waiting, or this one was aborted. */
export class NoRoom extends Error {
  override name = 'NoRoom';
}

export function openFairShare(limits: FairShareLimits): FairShare {
  const running = new Map<string, number>();
  /** Askers in the order in which they are served. */
  const queues = new Map<string, (() => void)[]>();
  let places = limits.places;
  let waiting = 0;

  const startNext = () => {
    for (const [asker, queue] of queues) {
      if (places === 0) return;
      if ((running.get(asker) ?? 0) >= limits.placesPerAsker) continue;
      const start = queue.shift()!;
      // Moved to the end; a Map iteration also visits entries added meanwhile.
      queues.delete(asker);
      if (queue.length > 0) queues.set(asker, queue);
      waiting--;
      take(asker);
      start();
    }
  };

  const take = (asker: string) => {
    places--;
    running.set(asker, (running.get(asker) ?? 0) + 1);
  };

  const releaseOf = (asker: string) =>
    once(() => {
      places++;
      const left = running.get(asker)! - 1;
      if (left > 0) running.set(asker, left);
      else running.delete(asker);
      startNext();
    });

  const wait = (asker: string, signal?: AbortSignal) =>
    new Promise<() => void>((resolve, reject) => {
      const queue = queues.get(asker) ?? [];
      const leave = () => {
        queue.splice(queue.indexOf(start), 1);
        if (queue.length === 0) queues.delete(asker);
        waiting--;
        reject(new NoRoom('Stopped waiting'));
      };
      const start = () => {
        signal?.removeEventListener('abort', leave);
        resolve(releaseOf(asker));
      };
      queue.push(start);
      queues.set(asker, queue);
      waiting++;
      signal?.addEventListener('abort', leave, { once: true });
    });

  return {
    waiting: () => waiting,
    enter: async (asker, signal) => {
      if (signal?.aborted) throw new NoRoom('Stopped waiting');
      const own = queues.get(asker);
      if (!own && places > 0 && (running.get(asker) ?? 0) < limits.placesPerAsker) {
        take(asker);
        return releaseOf(asker);
      }
      if (own ? own.length >= limits.maxWaitingPerAsker : queues.size >= limits.maxAskersWaiting)
        throw new NoRoom(`${waiting} requests are waiting`);
      return wait(asker, signal);
    },
  };
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}
