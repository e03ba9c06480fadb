local function text(number) return string.format('%.0f', number) end

-- The quota's own clock in microseconds: the server's, without its jumps. It never goes back. And where the caller remembers when it was `seen`, and how long `ago` that is by
-- its own clock, it is at most two seconds ahead of that.
local function clock(state, seen, ago)
  local time = redis.call('TIME')
  local server = time[1] * 1000000 + time[2]
  local kept = redis.call('HMGET', state, 'offset', 'clock')
  local now = server + tonumber(kept[1] or 0)
  if seen then
    now = math.min(now, seen + ago + 2000000)
  end
  now = math.max(now, tonumber(kept[2] or 0))
  redis.call('HSET', state, 'offset', text(now - server), 'clock', text(now))
  return now
end
