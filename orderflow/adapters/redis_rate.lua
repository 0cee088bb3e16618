-- Takes a token from a bucket, kept as one number: the moment, in microseconds, when it will be full again.
-- KEYS[1]: the bucket. ARGV: microseconds in which a token comes back, and how many the bucket holds.
-- Returns the microseconds until there will be a token, 0 where one was taken. The clock is the server's.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local full_at = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
local wait = full_at - now - (burst - 1) * interval
if wait > 0 then
  return wait
end
full_at = full_at + interval
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
return 0
