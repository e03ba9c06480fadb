-- Key: token. Arguments: its JSON text, when it was asked for, its remaining life in milliseconds. One that was asked for later is kept.
local kept = redis.call('GET', KEYS[1])
if kept then
  local read, token = pcall(cjson.decode, kept)
  if read and type(token) == 'table' and (tonumber(token.fetched_at) or 0) > tonumber(ARGV[2]) then
    return 0
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return 1
