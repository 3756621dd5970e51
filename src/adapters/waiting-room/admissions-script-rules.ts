/** Lua: the rules by which numbers are called and shoppers admitted. Needs `STATE_FUNCTIONS`. */
export const RULE_FUNCTIONS = `
local function removeShopper(account)
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
  for _, place in ipairs(redis.call('ZRANGEBYSCORE', AT_DOOR_UNTIL, '-inf', now)) do
    leaveDoor(place)
  end
  for _, account in ipairs(redis.call('ZRANGEBYSCORE', INSIDE, '-inf', now)) do
    removeShopper(account)
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
local function admit(rules, account, number, passId)
  local slot = { passId = passId, number = number, since = now, expiresAt = now + rules.passMs,
    reservationId = '', useUntil = 0 }
  s.doorUnits = s.doorUnits - PASS
  redis.call('SETBIT', SPENT, number, 1)
  keepSlot(account, slot)
  s.admitted = s.admitted + 1
  return slot
end
`;
