/**
 * The rules of `domain/waiting-room` as one Lua script, which Redis runs atomically. It has the
 * same names in the same order, so that both can be compared, and the contract suite requires the
 * same results. All numbers are integers within the exact range of a double.
 * KEYS: state, called, inside, slots, late, places, spent, atDoor, atDoorUntil: all of one queue,
 * so in one slot of a cluster.
 * ARGV: the operation; now in milliseconds, or empty for the time of Redis; the highest number that
 * the caller has seen issued; the arguments as JSON. Returns `{'lost'}` if the state is missing or
 * older than the caller has seen.
 */
/**
 * Buckets for the numbers of one queue: ten million numbers are 150 per bucket, which Redis stores
 * as a compact list.
 */
export const NUMBER_BUCKETS = 65_536;
/** Characters of the generation in a bucket's key. */
export const GENERATION_LENGTH = 8;

export const ADMISSIONS_SCRIPT = `
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
  local field = string.gsub(string.sub(hex, 6, 25), '..', function(two) return string.char(tonumber(two, 16)) end)
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

local function goOut(account)
  local slot = slotOf(account)
  if not slot then return false end
  redis.call('HDEL', SLOTS, account)
  redis.call('ZREM', INSIDE, account)
  if placeOf(account) == slot.number then dropPlace(account) end
  return true
end
local function leaveDoor(place)
  redis.call('ZREM', AT_DOOR, place)
  redis.call('ZREM', AT_DOOR_UNTIL, place)
end
local function dropLapsed()
  for _, place in ipairs(redis.call('ZRANGEBYSCORE', CALLED, '-inf', now)) do
    redis.call('ZREM', CALLED, place)
    leaveDoor(place)
    s.noShows = s.noShows + 1
  end
  for _, place in ipairs(redis.call('ZRANGEBYSCORE', AT_DOOR_UNTIL, '-inf', now)) do leaveDoor(place) end
  for _, account in ipairs(redis.call('ZRANGEBYSCORE', INSIDE, '-inf', now)) do
    goOut(account)
    s.timedOut = s.timedOut + 1
  end
end
local function fill(rules, elapsed)
  local brought = rules.admitting and elapsed * rules.perMinute or 0
  s.units = math.min(math.max(TOKEN, rules.perMinute * BURST), s.units + brought)
  s.doorUnits = math.min(math.max(PASS, rules.perMinute * DOOR_BURST), s.doorUnits + brought)
end
local function freeSlots(rules)
  return rules.maxShoppers - redis.call('ZCARD', INSIDE) - redis.call('ZCARD', CALLED)
end
local function nextPlace()
  if now < s.heldUntil and s.heldUntil - now <= GAP_HOLD then return nil end
  if s.gapUpTo > 0 and s.serving >= s.gapAfter then
    local upTo = s.gapUpTo
    s.gapUpTo = 0
    if s.serving < upTo then
      s.serving = upTo
      s.heldUntil = now + GAP_HOLD
      return nil
    end
  end
  if s.serving >= s.issued then return nil end
  s.serving = s.serving + 1
  return s.serving
end
local function call(rules)
  local free = freeSlots(rules)
  while free > 0 and s.units >= TOKEN do
    local first = redis.call('ZPOPMIN', LATE)
    local place = tonumber(first[1]) or nextPlace()
    if not place then return end
    redis.call('ZADD', CALLED, now + rules.claimMs, place)
    s.units = s.units - TOKEN
    s.paceCalled = s.paceCalled + 1
    free = free - 1
  end
end
local function measure()
  local elapsed = now - s.paceFrom
  if elapsed >= 0 and elapsed < PACE then return end
  local waits = elapsed > 0 and s.issued > s.serving
  s.pace = waits and math.floor(s.paceCalled * PACE / elapsed + 0.5) or -1
  s.paceFrom = now
  s.paceCalled = 0
  for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, KEPT) end
end
local function advance(rules)
  local elapsed = math.max(0, now - s.at)
  s.at = now
  dropLapsed()
  fill(rules, elapsed)
  if rules.admitting then call(rules) end
  measure()
end

local function giveNumber()
  if s.issued >= s.ceiling then return nil end
  s.issued = s.issued + 1
  return s.issued
end
local function restorePlace(account, number)
  if redis.call('GETBIT', SPENT, number) == 1 then
    local slot = slotOf(account)
    return slot ~= nil and slot.number == number
  end
  local kept = placeOf(account)
  if kept and kept < number then return false end
  keepPlace(account, number)
  s.issued = math.max(s.issued, number)
  s.ceiling = math.max(s.ceiling, number)
  return true
end
local function letIn(rules, account, number, passId)
  local slot = { passId = passId, number = number, since = now, expiresAt = now + rules.passMs, reservationId = '', useUntil = 0 }
  s.doorUnits = s.doorUnits - PASS
  redis.call('SETBIT', SPENT, number, 1)
  keepSlot(account, slot)
  s.admitted = s.admitted + 1
  return slot
end
local function saveAll()
  save('issued', 'ceiling', 'serving', 'units', 'doorUnits', 'at', 'gapAfter', 'gapUpTo', 'heldUntil', 'paceFrom', 'paceCalled',
    'pace', 'admitted', 'noShows', 'left', 'timedOut')
end

local OPS = {}
function OPS.advance()
  advance(args.rules)
  saveAll()
  return { 'ok', s.issued, s.serving, s.pace, redis.call('ZCARD', CALLED), redis.call('ZCARD', LATE),
    redis.call('ZCARD', INSIDE), s.admitted, s.noShows, s.left, s.timedOut }
end
function OPS.takeNumbers()
  local numbers = { 'ok' }
  for at, account in ipairs(args.accounts) do
    if args.shown[at] > 0 then restorePlace(account, args.shown[at]) end
    local number, since = placeOf(account), 0
    if number then
      local slot = slotOf(account)
      if slot and slot.number == number then since = slot.since end
    elseif args.most and s.issued >= args.most then
      number = -1
    else
      number = giveNumber()
      if number then keepPlace(account, number) end
    end
    numbers[2 * at] = number or 0
    numbers[2 * at + 1] = since
  end
  save('issued', 'ceiling')
  return numbers
end
function OPS.trade()
  advance(args.rules)
  local function answer(status, slot)
    saveAll()
    return { status, s.generation, slot and slot.passId, slot and slot.expiresAt }
  end
  local slot = slotOf(args.account)
  if slot then return answer('admitted', slot) end
  if not restorePlace(args.account, args.number) then return answer('spent') end
  if args.place > s.serving then return answer('waiting') end
  if not redis.call('ZSCORE', CALLED, args.place) then
    redis.call('ZADD', LATE, args.place, args.place)
    advance(args.rules)
  end
  if not args.rules.admitting or not redis.call('ZSCORE', CALLED, args.place) then return answer('called') end
  local before = redis.call('ZCOUNT', AT_DOOR, '-inf', args.place - 1)
  if s.doorUnits < PASS * (1 + before) then
    redis.call('ZADD', AT_DOOR, args.place, args.place)
    redis.call('ZADD', AT_DOOR_UNTIL, now + AT_DOOR_MS, args.place)
    return answer('called')
  end
  redis.call('ZREM', CALLED, args.place)
  leaveDoor(args.place)
  return answer('admitted', letIn(args.rules, args.account, args.number, args.passId))
end
function OPS.walkIn()
  advance(args.rules)
  local function answer(status, slot)
    saveAll()
    return { status, s.generation, slot and slot.passId }
  end
  local slot = slotOf(args.account)
  if slot then return answer('ok', slot) end
  if not args.rules.admitting or placeOf(args.account) then return answer('no') end
  local othersWait = s.issued > s.serving or redis.call('ZCARD', LATE) > 0 or redis.call('ZCARD', AT_DOOR) > 0 or now < s.heldUntil
  if othersWait or s.units < TOKEN or s.doorUnits < PASS or freeSlots(args.rules) < 1 then return answer('no') end
  local number = giveNumber()
  if not number then return answer('ceiling-reached') end
  s.serving = number
  s.units = s.units - TOKEN
  s.paceCalled = s.paceCalled + 1
  keepPlace(args.account, number)
  return answer('ok', letIn(args.rules, args.account, number, args.passId))
end
function OPS.usePass()
  if args.generation ~= s.generation then return { 'outdated' } end
  advance(args.rules)
  saveAll()
  local slot = slotOf(args.account)
  if not slot or slot.passId ~= args.passId then return { 'spent' } end
  local same = slot.reservationId == args.reservationId
  if slot.reservationId ~= '' and not same and slot.useUntil > now then return { 'in-use' } end
  if not same or slot.useUntil <= now then
    slot.reservationId = args.reservationId
    slot.useUntil = now + USE
    keepSlot(args.account, slot)
  end
  return { 'granted' }
end
function OPS.settleUse()
  local slot = slotOf(args.account)
  if not slot or slot.reservationId ~= args.reservationId then return { 'ok' } end
  if not args.heldUntil then
    if slot.useUntil <= now + USE then slot.reservationId = '' end
  else
    slot.useUntil = math.max(slot.useUntil, args.heldUntil)
    slot.expiresAt = math.max(slot.expiresAt, args.heldUntil)
  end
  keepSlot(args.account, slot)
  return { 'ok' }
end
function OPS.leave()
  for _, account in ipairs(args.accounts) do
    if goOut(account) then s.left = s.left + 1 end
  end
  save('left')
  return { 'ok' }
end
function OPS.shoppers()
  local found = { 'ok' }
  local flat = redis.call('HGETALL', SLOTS)
  for at = 1, #flat, 2 do
    if #found > 2 * args.limit then break end
    local slot = cjson.decode(flat[at + 1])
    if slot.reservationId ~= '' then
      found[#found + 1] = flat[at]
      found[#found + 1] = slot.reservationId
    end
  end
  return found
end
function OPS.raiseCeiling()
  s.ceiling = math.max(s.ceiling, args.ceiling)
  save('ceiling')
  return { 'ok' }
end

load()
local lost = s.issued == nil or s.issued < seen
if op == 'restore' then
  if not lost then return { 'ok' } end
  redis.call('DEL', unpack(KEYS))
  s = { issued = args.issued, ceiling = args.issued, serving = math.min(args.nowServing, args.issued), units = 0, doorUnits = 0,
    at = now, gapAfter = 0, gapUpTo = 0, heldUntil = 0, paceFrom = now, paceCalled = 0, pace = -1, admitted = 0, noShows = 0,
    left = 0, timedOut = 0, generation = args.generation }
  if args.lastGiven and args.lastGiven < args.issued then
    s.gapAfter = math.max(args.lastGiven, s.serving)
    s.gapUpTo = args.issued
  end
  saveAll()
  save('generation')
  return { 'ok' }
end
if lost then return { 'lost' } end
return OPS[op]()
`;
