local SIZE = 3000 -- size

local function gcd(x, y)
  while y ~= 0 do
    x, y = y, x % y
  end
  return x
end

local sum = 0
for i = 1, SIZE do
  for j = 1, i do
    sum = sum + gcd(i, j)
  end
end
print(sum)
