-- Takes tokens from a bucket that holds at least one, kept as one number: the moment, in microseconds, when it will be full again.
-- KEYS[1]: the bucket. ARGV: microseconds in which a token comes back, how many the bucket holds, how many are taken.
-- Returns the microseconds until there will be a token, 0 where they were taken. The clock is the server's.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local interval, burst, taken = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
local wait = full_at - now - (burst - 1) * interval
if wait > 0 then
  return wait
end
full_at = full_at + taken * interval
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
return 0
