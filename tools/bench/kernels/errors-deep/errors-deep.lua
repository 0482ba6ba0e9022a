local SIZE = 1000000 -- size

local function descend(depth, i)
  if depth == 0 then
    local divisor = i % 3
    if divisor == 0 then
      error("Division by zero", 0)
    end
    return 100 / divisor
  end
  return descend(depth - 1, i) + 1
end

local sum, failures = 0, 0
for i = 0, SIZE - 1 do
  local ok, result = pcall(descend, 10, i)
  if ok then
    sum = sum + result
  else
    failures = failures + 1
  end
end
print(string.format("%d", sum), failures)
