local SIZE = 3000000 -- size

local values = { 5, 0, 3, 8, 0, 2, 9, 4, 0, 1 }

local function quotient(i)
  local value = values[i % 11 + 1]
  if value == nil then
    error("index error Array index out of bounds", 0)
  elseif value == 0 then
    error("runtime error Division by zero", 0)
  end
  return 1000 // value
end

local sum, failures = 0, 0
for i = 0, SIZE - 1 do
  local ok, result = pcall(quotient, i)
  if ok then
    sum = sum + result
  else
    failures = failures + 1
    if i % 1024 == 0 then
      sum = sum + #result
    end
  end
end
print(sum, failures)
