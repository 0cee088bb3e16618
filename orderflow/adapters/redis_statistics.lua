-- A partition's share of the statistics, from its owner. Returns 'taken', 'overruled' or 'unknown'.
-- KEYS: the partition's hash: g(eneration), b(egun), s(hare), and c:CLIENT for each client.
-- ARGV: generation and beginning of the owner, 1 if this is the whole, time to live in milliseconds, the share
--       ('' while more of a whole is to come); then for each client its id and its counts.
local generation, begun = tonumber(ARGV[1]), tonumber(ARGV[2])
local known = redis.call('HMGET', KEYS[1], 'g', 'b')
local known_generation, known_begun = tonumber(known[1] or -1), tonumber(known[2] or -1)

if known_generation > generation or (known_generation == generation and known_begun > begun) then
  return 'overruled'
end
if ARGV[3] == '1' then
  redis.call('DEL', KEYS[1])
elseif known_generation ~= generation or known_begun ~= begun then
  return 'unknown'
end

redis.call('HSET', KEYS[1], 'g', ARGV[1], 'b', ARGV[2])
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[1], 's', ARGV[5])
end
for i = 6, #ARGV, 2 do
  redis.call('HSET', KEYS[1], 'c:' .. ARGV[i], ARGV[i + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 'taken'
