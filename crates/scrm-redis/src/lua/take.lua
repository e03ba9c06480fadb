-- Gives slots back and takes new ones.
-- Keys: slots (id -> when it is free again), next id, pause.
-- Arguments: calls, window, longest hold, wanted slots, then for each slot given back its id and how long ago its answer was seen (-1: never sent). Times in microseconds.
-- Answer: first id, number of slots, time until the next is free, remaining pause.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local calls, window, hold, want = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local function text(number) return string.format('%.0f', number) end
local keep = text(math.ceil(hold / 1000))

if redis.call('EXISTS', KEYS[2]) == 0 then
  -- Nobody has called for a while, or the server has forgotten all: a server that is younger than the window may have.
  local info = redis.pcall('INFO', 'server')
  local uptime = type(info) == 'string' and tonumber(string.match(info, 'uptime_in_seconds:(%d+)'))
  local young = uptime and math.ceil(window / 1000) - uptime * 1000 or 0
  if young > 0 and redis.call('PTTL', KEYS[3]) < young then
    redis.call('SET', KEYS[3], 1, 'PX', text(young))
  end
  -- Ids go on from the clock, so that those from before a restart do not come again.
  redis.call('SET', KEYS[2], text(now), 'PX', keep)
end

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(now))
for i = 5, #ARGV, 2 do
  local age = tonumber(ARGV[i + 1])
  if age < 0 or age >= window then
    redis.call('ZREM', KEYS[1], ARGV[i])
  else
    redis.call('ZADD', KEYS[1], text(now + window - age), ARGV[i])
  end
end

local first, count, wait = 0, 0, 0
local pause = math.max(redis.call('PTTL', KEYS[3]), 0)
if want > 0 and pause == 0 then
  count = math.max(math.min(want, calls - redis.call('ZCARD', KEYS[1])), 0)
  if count > 0 then
    first = redis.call('INCRBY', KEYS[2], count) - count + 1
    for id = first, first + count - 1 do
      redis.call('ZADD', KEYS[1], text(now + hold), text(id))
    end
  else
    wait = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] - now
  end
end
redis.call('PEXPIRE', KEYS[1], keep)
redis.call('PEXPIRE', KEYS[2], keep)
return { first, count, wait, pause * 1000 }
