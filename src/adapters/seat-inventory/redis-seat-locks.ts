import type { Clock } from '../../ports/system/clock.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { SeatLock, SeatLocks } from '../../ports/seat-inventory/seat-locks.js';
import type { RedisConnection } from '../redis/connection.js';

/** Lifetime of a lock whose node has died. Much longer than an attempt takes. Milliseconds. */
const LOCK_MS = 5_000;
/** Longest wait for a lock of another node, after which the log decides. Milliseconds. */
const WAIT_MS = 300;
/** Pause between two attempts to take a lock. Milliseconds. */
const LOOK_MS = 15;
/** Lifetime of the last written revision. Milliseconds. */
const REVISION_MS = 60_000;

/**
 * Takes all locks or none. KEYS: the revision of the event, the seats. ARGV: this node, time to
 * live. Returns whether the locks were taken, and the revision.
 */
const TAKE = `
for i = 2, #KEYS do
  local owner = redis.call('get', KEYS[i])
  if owner and owner ~= ARGV[1] then return {0, false} end
end
for i = 2, #KEYS do redis.call('set', KEYS[i], ARGV[1], 'PX', ARGV[2]) end
return {1, redis.call('get', KEYS[1])}
`;

/**
 * Releases the locks that this node still has. KEYS: the revision, the seats. ARGV: this node,
 * revision or an empty string, its time to live.
 */
const FREE = `
for i = 2, #KEYS do
  if redis.call('get', KEYS[i]) == ARGV[1] then redis.call('del', KEYS[i]) end
end
if ARGV[2] ~= '' and tonumber(redis.call('get', KEYS[1]) or '-1') < tonumber(ARGV[2]) then
  redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1
`;

export interface RedisSeatLocksParts {
  readonly redis: RedisConnection;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export function openSeatLocks({
  redis: { client },
  clock,
  randomness,
}: RedisSeatLocksParts): SeatLocks {
  const node = randomness.uuid();
  /**
   * Number of attempts of this node per seat that are in progress. The last one releases the lock.
   */
  const inProgress = new Map<string, number>();

  /** The hash tag keeps all keys of an event in one slot of a Redis Cluster. */
  const keyOf = (eventId: string, seatId: string) => `boxoffice:seat:{${eventId}}:${seatId}`;
  const revisionKey = (eventId: string) => `boxoffice:revision:{${eventId}}`;

  const enter = (keys: readonly string[]) => {
    for (const key of keys) inProgress.set(key, (inProgress.get(key) ?? 0) + 1);
  };
  /** Returns the seats without another attempt of this node. */
  const leave = (keys: readonly string[]): string[] =>
    keys.filter((key) => {
      const left = inProgress.get(key)! - 1;
      if (left > 0) inProgress.set(key, left);
      else inProgress.delete(key);
      return left === 0;
    });

  const tryTake = async (
    eventId: string,
    keys: readonly string[],
  ): Promise<{ revision: bigint | undefined } | undefined> => {
    const [taken, revision] = (await client.eval(
      TAKE,
      keys.length + 1,
      ...[revisionKey(eventId), ...keys, node, String(LOCK_MS)],
    )) as [number, string | null];
    return taken === 1 ? { revision: revision === null ? undefined : BigInt(revision) } : undefined;
  };

  return {
    take: async (eventId, seatIds) => {
      const keys = [...new Set(seatIds)].map((seatId) => keyOf(eventId, seatId));
      const until = clock.now() + WAIT_MS;
      let taken: Awaited<ReturnType<typeof tryTake>>;
      enter(keys);
      try {
        while (!(taken = await tryTake(eventId, keys)) && clock.now() < until) {
          await clock.sleep(LOOK_MS * (0.5 + randomness.fraction()));
        }
      } catch {
        // Without Redis, the log alone decides.
      }
      return lockOf(taken !== undefined, taken?.revision, (revision) => {
        const done = leave(keys);
        const revisionText = !taken || revision === undefined ? '' : String(revision);
        // Includes locks that another attempt of this node took and left to this one.
        if (done.length === 0 && revisionText === '') return;
        const names = [revisionKey(eventId), ...done];
        void client
          .eval(FREE, names.length, ...names, node, revisionText, String(REVISION_MS))
          .catch(() => {});
      });
    },
  };
}

function lockOf(
  taken: boolean,
  seenRevision: bigint | undefined,
  free: (revision?: bigint) => void,
): SeatLock {
  let freed = false;
  return {
    taken,
    seenRevision,
    free: (revision) => {
      if (freed) return;
      freed = true;
      free(revision);
    },
  };
}
