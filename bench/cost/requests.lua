-- For wrk, one thread: the requests of a figure of `npm run bench:cost`.
-- Arguments: kind ("get", "repeat", "reserve", "sale"), path, file with a token on each line, number of seats.
--   get      GETs the path
--   repeat   POSTs selections to the path, from the first pair of seats again after the last
--   reserve  reserves pair after pair of an event's seats
--   sale     confirms each reservation too
local SEATS_PER_ROW = 50
local kind, path, seats
local tokens, held, pair = {}, {}, 0

function init(args)
  kind, path, seats = args[1], args[2], tonumber(args[4])
  for token in io.lines(args[3]) do
    tokens[#tokens + 1] = 'Bearer ' .. token
  end
  -- wrk parses responses only where this function exists.
  if kind == 'sale' then response = keep_reservation end
end

local function token_of(at)
  return tokens[at % #tokens + 1]
end

local function seat_id(at)
  return math.floor(at / SEATS_PER_ROW) + 1 .. '-' .. at % SEATS_PER_ROW + 1
end

local function reserve()
  local first = pair * 2
  if first + 1 >= seats then
    if kind ~= 'repeat' then error('The hall is too small for this run.') end
    pair, first = 0, 0
  end
  local headers = {
    ['Content-Type'] = 'application/json',
    ['Authorization'] = token_of(pair),
    ['Idempotency-Key'] = 'cost-' .. pair,
  }
  pair = pair + 1
  local body = '{"seatIds":["' .. seat_id(first) .. '","' .. seat_id(first + 1) .. '"]}'
  return wrk.format('POST', path, headers, body)
end

local function confirm(reservation)
  local headers = { ['Content-Type'] = 'application/json', ['Authorization'] = reservation.token }
  local body = '{"payment":{"token":"tok_success"}}'
  return wrk.format('POST', path .. '/' .. reservation.id .. '/confirm', headers, body)
end

function request()
  if kind == 'get' then return wrk.format('GET', path) end
  local reservation = table.remove(held)
  return reservation and confirm(reservation) or reserve()
end

function keep_reservation(status, _headers, body)
  if status ~= 201 then return end
  local id = body:match('"reservationId":"([^"]+)"')
  local row, seat = body:match('"seatIds":%["(%d+)%-(%d+)"')
  local first = (tonumber(row) - 1) * SEATS_PER_ROW + tonumber(seat) - 1
  held[#held + 1] = { id = id, token = token_of(math.floor(first / 2)) }
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"errors":%d,"not2xx":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end
