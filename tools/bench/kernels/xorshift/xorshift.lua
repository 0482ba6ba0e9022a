local SIZE = 16000000 -- size

local counts = {}
for i = 0, 255 do
  counts[i] = 0
end
local x = 2463534242
for _ = 1, SIZE do
  x = x ~ (x << 13) & 0xffffffff
  x = x ~ (x >> 17)
  x = x ~ (x << 5) & 0xffffffff
  local bucket = x & 255
  counts[bucket] = counts[bucket] + 1
end
local sum = 0
for i = 0, 255 do
  sum = sum + i * counts[i]
end
print(x, sum)
