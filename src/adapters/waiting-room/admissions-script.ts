import { RULE_FUNCTIONS } from './admissions-script-rules.js';
import { STATE_FUNCTIONS } from './admissions-script-state.js';

/** Lua: one function per operation, named like the method of `Admissions`. */
const OPERATIONS = `
local OPS = {}
function OPS.advance()
  advance(args.rules)
  saveAll()
  return { 'ok', s.issued, s.serving, s.pace, redis.call('ZCARD', CALLED),
    redis.call('ZCARD', LATE), redis.call('ZCARD', INSIDE),
    s.admitted, s.noShows, s.left, s.timedOut }
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
  if not args.rules.admitting or not redis.call('ZSCORE', CALLED, args.place) then
    return answer('called')
  end
  local before = redis.call('ZCOUNT', AT_DOOR, '-inf', args.place - 1)
  if s.doorUnits < PASS * (1 + before) then
    redis.call('ZADD', AT_DOOR, args.place, args.place)
    redis.call('ZADD', AT_DOOR_UNTIL, now + AT_DOOR_MS, args.place)
    return answer('called')
  end
  redis.call('ZREM', CALLED, args.place)
  leaveDoor(args.place)
  return answer('admitted', admit(args.rules, args.account, args.number, args.passId))
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
  local othersWait = s.issued > s.serving or redis.call('ZCARD', LATE) > 0
    or redis.call('ZCARD', AT_DOOR) > 0 or now < s.heldUntil
  if othersWait or s.units < TOKEN or s.doorUnits < PASS or freeSlots(args.rules) < 1 then
    return answer('no')
  end
  local number = giveNumber()
  if not number then return answer('ceiling-reached') end
  s.serving = number
  s.units = s.units - TOKEN
  s.paceCalled = s.paceCalled + 1
  keepPlace(args.account, number)
  return answer('ok', admit(args.rules, args.account, number, args.passId))
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
    if removeShopper(account) then s.left = s.left + 1 end
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
`;

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
export const ADMISSIONS_SCRIPT = `
${STATE_FUNCTIONS}
${RULE_FUNCTIONS}
${OPERATIONS}
load()
local lost = s.issued == nil or s.issued < seen
if op == 'restore' then
  if not lost then return { 'ok' } end
  redis.call('DEL', unpack(KEYS))
  s = { issued = args.issued, ceiling = args.issued,
    serving = math.min(args.nowServing, args.issued), units = 0, doorUnits = 0, at = now,
    gapAfter = 0, gapUpTo = 0, heldUntil = 0, paceFrom = now, paceCalled = 0, pace = -1,
    admitted = 0, noShows = 0, left = 0, timedOut = 0, generation = args.generation }
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
