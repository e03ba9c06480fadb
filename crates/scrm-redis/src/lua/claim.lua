-- Key: a push. Arguments: owner, length of its claim in milliseconds. Answers 0: the owner's; 1: another's; 2: taken before.
local held = redis.call('GET', KEYS[1])
if held == 'done' then
  return 2
end
if held and held ~= 'claim:' .. ARGV[1] then
  return 1
end
redis.call('SET', KEYS[1], 'claim:' .. ARGV[1], 'PX', ARGV[2])
return 0
