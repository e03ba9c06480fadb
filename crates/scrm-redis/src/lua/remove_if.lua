-- Key: token. Argument: the value that it must have to be removed.
local kept = redis.call('GET', KEYS[1])
if kept then
  local read, token = pcall(cjson.decode, kept)
  if read and type(token) == 'table' and token.token == ARGV[1] then
    return redis.call('DEL', KEYS[1])
  end
end
return 0
