local SIZE = 2500000 -- size

local function simpson(f, low, high, steps)
  local width = (high - low) / steps
  local sum = f(low) + f(high)
  for i = 1, steps - 1 do
    local weight = i % 2 == 1 and 4.0 or 2.0
    sum = sum + weight * f(low + width * i)
  end
  return sum * width / 3.0
end

local function scaled(factor)
  return function(x)
    return factor * x * x
  end
end

local function inverse(x)
  return 1.0 / (1.0 + x * x)
end

local sum = 0.0
for i = 1, 4 do
  sum = sum + simpson(scaled(0.5 * i), 0.0, 3.0, SIZE)
end
sum = sum + simpson(inverse, 0.0, 1.0, SIZE)
print(string.format("%d", math.floor(sum * 1e6)))
