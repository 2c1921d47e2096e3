-- Makes an account with each request, whose address nobody has yet.
math.randomseed(os.time() + tonumber(tostring({}):sub(8)))
local run = string.format("%x", math.random(2^31))
local count = 0

request = function()
  count = count + 1
  local body = string.format('{"email":"%s-%d@example.com"}', run, count)
  return wrk.format("POST", nil, nil, body)
end
