local SIZE = 6000 -- size
local NUMBERS = 500

local function line(first)
  local parts = {}
  for i = 0, NUMBERS - 1 do
    parts[#parts + 1] = first + i * 7
  end
  return table.concat(parts, ",")
end

local total, ones = 0, 0
for i = 0, SIZE - 1 do
  local text = line(i)
  total = total + #text
  local middle = math.floor(#text / 2) + 1
  if text:sub(middle, middle) == "1" then
    ones = ones + 1
  end
end
print(total, ones)
