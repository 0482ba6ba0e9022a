-- Nanoseconds per round of a loop in which an error passes ten frames on its way to the handler, and of the same loop without errors.
local function descend(depth, i, divisor)
  if depth == 0 then
    if divisor == 0 then
      error("Division by zero", 0)
    end
    return i / divisor
  end
  return descend(depth - 1, i, divisor) + 1
end

local function failing(count, divisor)
  local caught = 0
  for i = 1, count do
    local ok, result = pcall(descend, 10, i, divisor)
    caught = caught + (ok and result or 1)
  end
  return caught
end

local count = 500000
failing(50000, 0)
failing(50000, 1000000007)
local start = os.clock()
failing(count, 1000000007)
local middle = os.clock()
failing(count, 0)
local finish = os.clock()
print((finish - middle) * 1e9 / count, (middle - start) * 1e9 / count)
