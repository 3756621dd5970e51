/**
 * Buckets for the numbers of one queue: ten million numbers are 150 per bucket, which Redis stores
 * as a compact list.
 */
export const NUMBER_BUCKETS = 65_536;
/** Characters of the generation in a bucket's key. */
export const GENERATION_LENGTH = 8;

/** Lua: the arguments of the script, and functions that read and write one queue's keys. */
export const STATE_FUNCTIONS = `
local STATE, CALLED, INSIDE, SLOTS, LATE, PLACES, SPENT, AT_DOOR, AT_DOOR_UNTIL = unpack(KEYS)
local TOKEN, BURST, GAP_HOLD, USE, PACE, KEPT = 60000, 1000, 4000, 15000, 60000, 604800
local PASS, DOOR_BURST, AT_DOOR_MS = 57600, 500, 3000
-- A queue may be set up long before it opens.
local KEPT_NUMBERS = 90 * 86400
local op, seen, args = ARGV[1], tonumber(ARGV[3]), cjson.decode(ARGV[4])
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

local s = {}
local function load()
  local flat = redis.call('HGETALL', STATE)
  for at = 1, #flat, 2 do s[flat[at]] = tonumber(flat[at + 1]) or flat[at + 1] end
end
local function save(...)
  local pairs = {}
  for _, name in ipairs({...}) do
    pairs[#pairs + 1] = name
    pairs[#pairs + 1] = s[name]
  end
  redis.call('HSET', STATE, unpack(pairs))
end
local function saveAll()
  save('issued', 'ceiling', 'serving', 'units', 'doorUnits', 'at', 'gapAfter', 'gapUpTo',
    'heldUntil', 'paceFrom', 'paceCalled', 'pace', 'admitted', 'noShows', 'left', 'timedOut')
end
local function slotOf(account)
  local text = redis.call('HGET', SLOTS, account)
  return text and cjson.decode(text) or nil
end
local function keepSlot(account, slot)
  redis.call('HSET', SLOTS, account, cjson.encode(slot))
  redis.call('ZADD', INSIDE, slot.expiresAt, account)
end

-- The bucket of an account's number, and 10 bytes of a digest that stand for the account in it.
local function entryOf(account)
  local hex = redis.sha1hex(account)
  local bucket = tonumber(string.sub(hex, 1, 5), 16) % ${NUMBER_BUCKETS}
  local function byteOf(two) return string.char(tonumber(two, 16)) end
  local field = string.gsub(string.sub(hex, 6, 25), '..', byteOf)
  return PLACES .. ':' .. string.sub(s.generation, 1, ${GENERATION_LENGTH}) .. ':' .. bucket, field
end
local function placeOf(account)
  local bucket, field = entryOf(account)
  -- Older releases, without buckets, keep numbers in one hash by account.
  return tonumber(redis.call('HGET', bucket, field) or redis.call('HGET', PLACES, account) or nil)
end
local function keepPlace(account, number)
  local bucket, field = entryOf(account)
  redis.call('HSET', bucket, field, number)
  redis.call('EXPIRE', bucket, KEPT_NUMBERS)
end
local function dropPlace(account)
  local bucket, field = entryOf(account)
  redis.call('HDEL', bucket, field)
  redis.call('HDEL', PLACES, account)
end
`;
