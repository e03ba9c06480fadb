-- Gives slots back and takes new ones.
-- Keys: slots (id -> when it is free again), state, members (who has slots -> until when at most).
-- Arguments: calls, window, longest hold, wanted slots; the member, whether it tells of all its slots, for how long it has some; what it remembers: epoch (0: nothing), clock, how
-- long ago, how many others had slots, for how long from now; then for each slot told of its id and in how long it is free. Times in microseconds.
-- Answer: status (0: fine, 1: used up, 2: paused, 3: recovering, 4: forgotten), first id, number of slots, time until it is worth asking again, and what to remember: epoch,
-- clock, how many others have slots, for how long from now.
local slots, state, members = KEYS[1], KEYS[2], KEYS[3]
local calls, hold, want = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
local member, complete, busy = ARGV[5], ARGV[6] == '1', tonumber(ARGV[7])
local remembered, seen, ago = ARGV[8], tonumber(ARGV[9]), tonumber(ARGV[10])
local knew, knew_for = tonumber(ARGV[11]), tonumber(ARGV[12])

local epoch = redis.call('HGET', state, 'epoch')
local now = clock(state, epoch == remembered and seen or nil, ago)
if not epoch then
  -- Nobody has called for a while, or the server has forgotten all. Ids go on from the clock, so that those from before do not come again.
  epoch = text(now)
  redis.call('HSET', state, 'epoch', epoch, 'next', epoch)
end

local forgotten = remembered ~= '0' and remembered ~= epoch
if forgotten and knew > 0 and knew_for > 0 then
  -- Others had slots. Until as many have told of theirs, or until all of them are free, there are none.
  local kept = redis.call('HMGET', state, 'until', 'expected')
  redis.call('HSET', state, 'until', text(math.max(tonumber(kept[1] or 0), now + math.min(knew_for, hold))),
    'expected', text(math.max(tonumber(kept[2] or 0), knew + 1)))
end
if forgotten and complete and redis.call('HSETNX', state, 'told:' .. member, 1) == 1 then
  redis.call('HINCRBY', state, 'told', 1)
end

if not forgotten or complete then
  for i = 13, #ARGV, 2 do
    local free_in = math.min(tonumber(ARGV[i + 1]), hold)
    if free_in <= 0 then
      redis.call('ZREM', slots, ARGV[i])
    else
      redis.call('ZADD', slots, text(now + free_in), ARGV[i])
    end
  end
end
redis.call('ZREMRANGEBYSCORE', slots, '-inf', text(now))

local status, first, count, wait = 0, 0, 0, 0
local kept = redis.call('HMGET', state, 'pause', 'until', 'expected', 'told')
local paused = tonumber(kept[1] or 0) - now
local recovering = tonumber(kept[2] or 0) - now
if tonumber(kept[4] or 0) >= tonumber(kept[3] or 0) then
  recovering = 0
end
if forgotten and not complete then
  status = 4
elseif want > 0 then
  if paused > 0 then
    status, wait = 2, paused
  elseif recovering > 0 then
    status, wait = 3, recovering
  else
    count = math.max(math.min(want, calls - redis.call('ZCARD', slots)), 0)
    if count > 0 then
      first = redis.call('HINCRBY', state, 'next', count) - count + 1
      for id = first, first + count - 1 do
        redis.call('ZADD', slots, text(now + hold), text(id))
      end
      busy = hold
    else
      status, wait = 1, redis.call('ZRANGE', slots, 0, 0, 'WITHSCORES')[2] - now
    end
  end
end

if busy > 0 then
  redis.call('ZADD', members, text(now + math.min(busy, hold)), member)
else
  redis.call('ZREM', members, member)
end
redis.call('ZREMRANGEBYSCORE', members, '-inf', text(now))
local others, others_for = redis.call('ZCARD', members) - (busy > 0 and 1 or 0), 0
local last = redis.call('ZREVRANGE', members, 0, 1, 'WITHSCORES')
for i = #last - 1, 1, -2 do
  if last[i] ~= member then
    others_for = last[i + 1] - now
  end
end

local keep = text(math.ceil(math.max(hold, paused) / 1000))
for _, key in ipairs(KEYS) do
  redis.call('PEXPIRE', key, keep)
end
return { status, first, count, wait, tonumber(epoch), now, others, others_for }
