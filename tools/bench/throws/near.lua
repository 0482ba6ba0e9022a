-- Nanoseconds per round of a loop in which an error is raised and caught at once, and of the same loop without errors.
local function quotient(i, divisor)
  if divisor == 0 then
    error("Division by zero", 0)
  end
  return i / divisor
end

local function failing(count, divisor)
  local caught = 0
  for i = 1, count do
    local ok, result = pcall(quotient, i, divisor)
    caught = caught + (ok and result or 1)
  end
  return caught
end

local count = 1000000
failing(100000, 0)
failing(100000, 1000000007)
local start = os.clock()
failing(count, 1000000007)
local middle = os.clock()
failing(count, 0)
local finish = os.clock()
print((finish - middle) * 1e9 / count, (middle - start) * 1e9 / count)
