-- For wrk: the pages of a sale in turn, as a browser asks for them. Paths are the arguments.
local requests, at = {}, 0

function init(args)
  for index = 1, #args do
    requests[index] = wrk.format('GET', args[index], { ['Accept-Encoding'] = 'gzip, deflate, br' })
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
