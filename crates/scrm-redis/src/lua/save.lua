-- Key: token. Arguments: its JSON text, when it was asked for, its remaining life in milliseconds, the time of who stores it. One that was asked for later is kept, unless that
-- was further in the future than clocks differ.
local kept = redis.call('GET', KEYS[1])
if kept then
  local read, token = pcall(cjson.decode, kept)
  local fetched = read and type(token) == 'table' and tonumber(token.fetched_at) or 0
  if fetched > tonumber(ARGV[2]) and fetched <= tonumber(ARGV[4]) + 300000 then
    return 0
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return 1
