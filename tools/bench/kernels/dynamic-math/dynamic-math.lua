local SIZE = 6000 -- size

local function total(items, zero)
  local sum = zero
  for i = 1, #items do
    sum = sum + items[i]
  end
  return sum
end

local function dot(a, b, zero)
  local sum = zero
  for i = 1, #a do
    sum = sum + a[i] * b[i]
  end
  return sum
end

local function horner(coefficients, x, zero)
  local value = zero
  for i = 1, #coefficients do
    value = value * x + coefficients[i]
  end
  return value
end

local function largest(items)
  local best = items[1]
  for i = 1, #items do
    if items[i] > best then
      best = items[i]
    end
  end
  return best
end

local integers, floats = {}, {}
for i = 0, 199 do
  integers[i + 1] = i * 37 % 101
  floats[i + 1] = i * 0.25
end
local whole, real = 0, 0.0
for i = 0, SIZE - 1 do
  whole = whole + (total(integers, 0) + dot(integers, integers, 0) + largest(integers))
  whole = (whole + horner({ 1, 2, 3 }, i, 0)) % 1000000007
  real = real + (total(floats, 0.0) + dot(floats, floats, 0.0) + largest(floats) + horner({ 0.5, 0.25 }, 2.0, 0.0))
end
print(whole, string.format("%d", math.floor(real / 16.0)))
