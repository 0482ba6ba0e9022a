local SIZE = 300000 -- size

local integers, floats, strings = {}, {}, {}
local seed = 42
for i = 1, SIZE do
  seed = seed * 16807 % 2147483647
  integers[i] = seed
  floats[i] = seed / 2147483647.0
  strings[i] = "k" .. seed
end
table.sort(integers)
table.sort(floats)
table.sort(strings)
local sum = 0
for i = 1, SIZE do
  sum = (sum * 31 + integers[i] + #strings[i]) % 1000000007
end
local half, third = math.floor(SIZE / 2) + 1, math.floor(SIZE / 3) + 1
print(sum, string.format("%d", math.floor(floats[half] * 1e9)), strings[1], strings[third])
