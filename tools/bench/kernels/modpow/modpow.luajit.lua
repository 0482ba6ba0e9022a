local SIZE = 1000000 -- size
local FIRST = 1000001

local function power(base, exponent, modulus)
  local result, factor, rest = 1, base % modulus, exponent
  while rest > 0 do
    if rest % 2 == 1 then
      result = result * factor % modulus
    end
    factor = factor * factor % modulus
    rest = bit.rshift(rest, 1)
  end
  return result
end

local count = 0
for i = 0, SIZE - 1 do
  local n = FIRST + 2 * i
  if power(2, n - 1, n) == 1 then
    count = count + 1
  end
end
print(count)
