local SIZE = 16000000 -- size

local band, bxor, lshift, rshift = bit.band, bit.bxor, bit.lshift, bit.rshift

local counts = {}
for i = 0, 255 do
  counts[i] = 0
end
local x = bit.tobit(2463534242)
for _ = 1, SIZE do
  x = bxor(x, lshift(x, 13))
  x = bxor(x, rshift(x, 17))
  x = bxor(x, lshift(x, 5))
  local bucket = band(x, 255)
  counts[bucket] = counts[bucket] + 1
end
local sum = 0
for i = 0, 255 do
  sum = sum + i * counts[i]
end
print(x % 2 ^ 32, sum)
