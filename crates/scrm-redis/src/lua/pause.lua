-- Key: state. Argument: length of the pause in microseconds; a longer one stays, 0 ends it.
local length = tonumber(ARGV[1])
if length == 0 then
  return redis.call('HDEL', KEYS[1], 'pause')
end
local now = clock(KEYS[1])
if tonumber(redis.call('HGET', KEYS[1], 'pause') or 0) < now + length then
  redis.call('HSET', KEYS[1], 'pause', text(now + length))
end
local keep = math.ceil(length / 1000)
if redis.call('PTTL', KEYS[1]) < keep then
  redis.call('PEXPIRE', KEYS[1], text(keep))
end
return 1
