import { randomUUID } from 'node:crypto';
import type { HoldClaim, OpenHolds } from '../../ports/abuse/abuse.js';
import type { Clock } from '../../ports/system/clock.js';
import type { RedisConnection } from '../redis/connection.js';
import { openHoldsInMemory } from './holds-in-memory.js';

/**
 * Keys of one account's record (a hash, one field per hold) and of one network's holds (a sorted
 * set by their ends).
 */
const ACCOUNT = 'boxoffice:open-holds:account:';
const NETWORK = 'boxoffice:open-holds:network:';
/** Lifetime of a record: longer than the longest hold with its extension. Milliseconds. */
const KEPT_MS = 86_400_000;

/**
 * Shared by the scripts. A record is `until|exists|claims|networks`, the lists separated by spaces.
 * The names of the networks' keys come from the record, so these scripts need a single Redis, not
 * Redis Cluster.
 */
const RECORD = `
local function read(field)
  local text = redis.call('hget', KEYS[1], field)
  if not text then return nil end
  local till, exists, claims, networks = string.match(text, '^(%d+)|(%d)|([^|]*)|(.*)$')
  return { till = tonumber(till), exists = exists, claims = claims, networks = networks }
end
local function each(networks, action)
  for network in string.gmatch(networks, '[^ ]+') do action(ARGV[1] .. network) end
end
local function write(field, record)
  local till = string.format('%.0f', record.till)
  local text = till .. '|' .. record.exists .. '|' .. record.claims .. '|' .. record.networks
  redis.call('hset', KEYS[1], field, text)
  redis.call('pexpire', KEYS[1], ${KEPT_MS})
  each(record.networks, function(key)
    redis.call('zadd', key, till, field)
    redis.call('pexpire', key, ${KEPT_MS})
  end)
end
local function remove(field, record)
  redis.call('hdel', KEYS[1], field)
  each(record.networks, function(key) redis.call('zrem', key, field) end)
end
local function counted(field, now)
  local record = read(field)
  if record and record.till <= tonumber(now) then
    remove(field, record)
    return nil
  end
  return record
end
local function without(claims, claim)
  local kept = {}
  for one in string.gmatch(claims, '[^ ]+') do if one ~= claim then kept[#kept + 1] = one end end
  return table.concat(kept, ' ')
end
`;

/** ARGV: prefix, now, hold, until, claim, networks, limit of the account, limit of each network. */
const TAKE = `${RECORD}
local record = counted(ARGV[3], ARGV[2])
if not record then
  local open = redis.call('hlen', KEYS[1])
  if open >= tonumber(ARGV[7]) then
    open = 0
    for _, field in ipairs(redis.call('hkeys', KEYS[1])) do
      if counted(field, ARGV[2]) then open = open + 1 end
    end
    if open >= tonumber(ARGV[7]) then return 'account' end
  end
  local at, full = 7, false
  each(ARGV[6], function(key)
    at = at + 1
    redis.call('zremrangebyscore', key, '-inf', ARGV[2])
    if redis.call('zcard', key) >= tonumber(ARGV[at]) then full = true end
  end)
  if full then return 'address' end
  record = { till = 0, exists = '0', claims = '', networks = ARGV[6] }
end
record.till = math.max(record.till, tonumber(ARGV[4]))
record.claims = record.claims .. ' ' .. ARGV[5]
write(ARGV[3], record)
return 'taken'
`;
/** ARGV: prefix, now, hold, until, claim, networks. */
const HELD = `${RECORD}
local record = counted(ARGV[3], ARGV[2]) or { till = 0, claims = '', networks = ARGV[6] }
record.exists = '1'
record.claims = without(record.claims, ARGV[5])
record.till = math.max(record.till, tonumber(ARGV[4]))
if record.till > tonumber(ARGV[2]) then write(ARGV[3], record) end
`;
/** ARGV: prefix, now, hold, claim. */
const NOT_HELD = `${RECORD}
local record = counted(ARGV[3], ARGV[2])
if not record then return end
local claims = without(record.claims, ARGV[4])
if claims == record.claims then return end
record.claims = claims
if claims == '' and record.exists == '0' then
  remove(ARGV[3], record)
else
  write(ARGV[3], record)
end
`;
/** ARGV: prefix, now, hold, until. */
const EXTEND = `${RECORD}
local record = counted(ARGV[3], ARGV[2])
if not record or record.till >= tonumber(ARGV[4]) then return end
record.till = tonumber(ARGV[4])
write(ARGV[3], record)
`;
/** ARGV: prefix, now, hold. */
const END = `${RECORD}
local record = read(ARGV[3])
if record then remove(ARGV[3], record) end
`;

/** Counts for all nodes in Redis; in the memory of each node while Redis is unavailable. */
export function openHoldsInRedis(clock: Clock, { client }: RedisConnection): OpenHolds {
  const memory = openHoldsInMemory(clock);
  const run = (script: string, account: string, ...values: (string | number)[]): Promise<unknown> =>
    client.eval(script, 1, ACCOUNT + account, NETWORK, clock.now(), ...values);
  const ignoreLoss = () => undefined;
  return {
    take: async (owner, holdId, until, limits) => {
      const { account } = owner;
      const networks = owner.networks.join(' ');
      const claim = randomUUID();
      const most = [limits.account, ...limits.networks];
      let answer: unknown;
      try {
        answer = await run(TAKE, account, holdId, until, claim, networks, ...most);
      } catch {
        return memory.take(owner, holdId, until, limits);
      }
      if (answer !== 'taken') return { exceeded: answer as 'account' | 'address' };
      return {
        held: async (end) =>
          void (await run(HELD, account, holdId, end, claim, networks).catch(ignoreLoss)),
        notHeld: async () => void (await run(NOT_HELD, account, holdId, claim).catch(ignoreLoss)),
      } satisfies HoldClaim;
    },
    extend: async (account, holdId, until) => {
      await memory.extend(account, holdId, until);
      await run(EXTEND, account, holdId, until).catch(ignoreLoss);
    },
    end: async (account, holdId) => {
      await memory.end(account, holdId);
      await run(END, account, holdId).catch(ignoreLoss);
    },
  };
}
