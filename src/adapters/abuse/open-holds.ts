import type { Clock } from '../../ports/clock.js';
import type { HoldOwner, OpenHolds } from '../../ports/abuse.js';
import type { RedisConnection } from '../redis/connection.js';

/** Owners whose holds are looked through for those that have run out, each time one is taken. */
const SWEPT = 8;

export function openHoldsInMemory(clock: Clock): OpenHolds {
  const owners = new Map<string, Map<string, number>>();
  const open = (key: string, now: number): Map<string, number> | undefined => {
    const holds = owners.get(key);
    if (!holds) return undefined;
    for (const [id, until] of holds) if (until <= now) holds.delete(id);
    if (holds.size > 0) return holds;
    owners.delete(key);
    return undefined;
  };
  /** A few at a time, in turn: what ran out and is never asked for again goes too. */
  let turn = owners.keys();
  const sweep = (now: number) => {
    for (let count = 0; count < SWEPT; count++) {
      const { value, done } = turn.next();
      if (done) {
        turn = owners.keys();
        return;
      }
      open(value, now);
    }
  };
  return {
    take: async (owner, holdId, until, limits) => {
      const now = clock.now();
      sweep(now);
      for (const [kind, key] of keysOf(owner)) {
        const holds = open(key, now);
        if (holds && !holds.has(holdId) && holds.size >= limits[kind]) return kind;
      }
      for (const [, key] of keysOf(owner)) {
        const holds = owners.get(key) ?? new Map<string, number>();
        owners.set(key, holds.set(holdId, until));
      }
      return 'taken';
    },
    end: async (owner, holdId) => {
      for (const [, key] of keysOf(owner)) {
        const holds = owners.get(key);
        holds?.delete(holdId);
        if (holds?.size === 0) owners.delete(key);
      }
    },
  };
}

function keysOf({ account, address }: HoldOwner): ['account' | 'address', string][] {
  return [
    ['account', `account:${account}`],
    ...(address ? [['address', `address:${address}`] as const] : []),
  ] as ['account' | 'address', string][];
}

/** KEYS: one set of holds. ARGV: now, hold, until, limit. 0 when it is full. */
const TAKE = `
redis.call('zremrangebyscore', KEYS[1], '-inf', ARGV[1])
if not redis.call('zscore', KEYS[1], ARGV[2]) and redis.call('zcard', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
redis.call('zadd', KEYS[1], ARGV[3], ARGV[2])
redis.call('pexpire', KEYS[1], 86400000)
return 1
`;

/** For all nodes together; in the memory of each while Redis is lost. */
export function openHoldsInRedis(clock: Clock, { client }: RedisConnection): OpenHolds {
  const memory = openHoldsInMemory(clock);
  const name = (key: string) => `boxoffice:holds:${key}`;
  return {
    take: async (owner, holdId, until, limits) => {
      const counted: string[] = [];
      try {
        for (const [kind, key] of keysOf(owner)) {
          const numbers = [clock.now(), holdId, until, limits[kind]].map(String);
          if ((await client.eval(TAKE, 1, name(key), ...numbers)) === 0) {
            for (const other of counted) await client.zrem(other, holdId);
            return kind;
          }
          counted.push(name(key));
        }
        return 'taken';
      } catch {
        return memory.take(owner, holdId, until, limits);
      }
    },
    end: async (owner, holdId) => {
      await memory.end(owner, holdId);
      await Promise.all(keysOf(owner).map(([, key]) => client.zrem(name(key), holdId))).catch(() => {});
    },
  };
}
