-- The generation of each key; one that is missing starts with ARGV[1], kept for ARGV[2] milliseconds.
local generations = {}
for i = 1, #KEYS do
  redis.call('SET', KEYS[i], ARGV[1], 'NX', 'PX', ARGV[2])
  generations[i] = redis.call('GET', KEYS[i])
end
return generations
