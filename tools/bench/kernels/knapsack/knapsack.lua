local SIZE = 5500 -- size
local CAPACITY = 6000

local best = {}
for room = 0, CAPACITY do
  best[room] = 0
end
local seed = 7
for _ = 1, SIZE do
  seed = seed * 16807 % 2147483647
  local weight = 20 + seed % 180
  local value = 10 + seed // 180 % 90
  for room = CAPACITY, weight, -1 do
    local with = best[room - weight] + value
    if with > best[room] then
      best[room] = with
    end
  end
end
print(best[CAPACITY], best[CAPACITY // 2])
