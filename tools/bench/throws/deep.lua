-- Nanoseconds per round of a loop in which an error passes ten frames on its way to the handler, and of the same loop without errors: the least of thirty.
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

local rounds = 5000
failing(10000, 0)
failing(10000, 1000000007)
local best, without = math.huge, math.huge
for _ = 1, 30 do
  local start = os.clock()
  failing(rounds, 1000000007)
  local middle = os.clock()
  failing(rounds, 0)
  local finish = os.clock()
  best = math.min(best, finish - middle)
  without = math.min(without, middle - start)
end
print(best * 1e9 / rounds, without * 1e9 / rounds)
