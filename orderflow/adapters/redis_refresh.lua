-- What a batch changes in the cache, in one call.
-- KEYS: orders, then outcomes, then generations.
-- ARGV: how many orders, how many outcomes, a new generation and its time to live, an outcome's time to live;
--       then for each order version, body, time to live; then for each outcome 1 if it is lasting, and its body.
--       Times in milliseconds.
local orders, outcomes = tonumber(ARGV[1]), tonumber(ARGV[2])
local generation, generation_ttl, outcome_ttl = ARGV[3], ARGV[4], ARGV[5]
local at = 5

for i = 1, orders do
  local version, body, ttl = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local known = redis.call('HGET', KEYS[i], 'v')
  if not known or tonumber(known) < tonumber(version) then
    redis.call('HSET', KEYS[i], 'v', version, 'd', body)
    redis.call('PEXPIRE', KEYS[i], ttl)
  end
  at = at + 3
end

for i = orders + 1, orders + outcomes do
  local lasting, body = ARGV[at + 1] == '1', ARGV[at + 2]
  -- Absent, or a command marked pending, which ends in a tab. A newline, which JSON permits, ends what a lasting outcome
  -- replaces.
  local last = redis.call('GETRANGE', KEYS[i], -1, -1)
  if last == '' or last == '\t' or (lasting and last == '\n') then
    redis.call('SET', KEYS[i], lasting and body or body .. '\n', 'PX', outcome_ttl)
  end
  at = at + 2
end

for i = orders + outcomes + 1, #KEYS do
  redis.call('SET', KEYS[i], generation, 'PX', generation_ttl)
end
