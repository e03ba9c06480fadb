-- Keys: those of a push. Argument: owner of the claim that ends.
for _, key in ipairs(KEYS) do
  if redis.call('GET', key) == 'claim:' .. ARGV[1] then
    redis.call('DEL', key)
  end
end
return 0
