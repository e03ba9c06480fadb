-- Keys: those of a push. Arguments: owner, length of its claim in milliseconds. Answers 0: the owner's; 1: another's; 2: taken before; 3: answered before, and the answer.
local busy = false
for _, key in ipairs(KEYS) do
  local held = redis.call('GET', key)
  if held == 'done' then
    return {2, ''}
  end
  if held and string.sub(held, 1, 5) == 'done:' then
    return {3, string.sub(held, 6)}
  end
  busy = busy or (held and held ~= 'claim:' .. ARGV[1])
end
if busy then
  return {1, ''}
end
for _, key in ipairs(KEYS) do
  redis.call('SET', key, 'claim:' .. ARGV[1], 'PX', ARGV[2])
end
return {0, ''}
