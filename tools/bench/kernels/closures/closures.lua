local SIZE = 40000 -- size

local function map(items, f)
  local result = {}
  for i = 1, #items do
    result[i] = f(items[i])
  end
  return result
end

local function filter(items, wanted)
  local result, n = {}, 0
  for i = 1, #items do
    local item = items[i]
    if wanted(item) then
      n = n + 1
      result[n] = item
    end
  end
  return result
end

local function fold(items, start, f)
  local value = start
  for i = 1, #items do
    value = f(value, items[i])
  end
  return value
end

local function composed(f, g)
  return function(x)
    return f(g(x))
  end
end

local function counter(step)
  local count = 0
  return function()
    count = count + step
    return count
  end
end

local items = {}
for i = 0, 99 do
  items[i + 1] = i
end
local count = counter(3)
local sum = 0
for round = 0, SIZE - 1 do
  local change = composed(function(x) return x * 2 + round end, function(x) return x % 17 + 1 end)
  local odd = filter(map(items, change), function(x) return x % 2 == 1 end)
  sum = fold(odd, sum, function(a, b) return (a + b) % 1000003 end) + count() % 7
end
print(sum, count())
