local SIZE = 70 -- size

local byte = string.byte

local function distance(a, b)
  local before, row = {}, {}
  for j = 0, #b do
    before[j] = j
  end
  for i = 1, #a do
    row[0] = i
    local c = byte(a, i)
    for j = 1, #b do
      local best = c == byte(b, j) and before[j - 1] or before[j - 1] + 1
      if before[j] + 1 < best then
        best = before[j] + 1
      end
      if row[j - 1] + 1 < best then
        best = row[j - 1] + 1
      end
      row[j] = best
    end
    before, row = row, before
  end
  return before[#b]
end

local alphabet = "abcdefghij"
local words = {}
local seed = 42
for i = 1, SIZE do
  local letters = {}
  for j = 1, 40 do
    seed = seed * 16807 % 2147483647
    local at = seed % 10 + 1
    letters[j] = alphabet:sub(at, at)
  end
  words[i] = table.concat(letters)
end
local sum = 0
for _, a in ipairs(words) do
  for _, b in ipairs(words) do
    sum = sum + distance(a, b)
  end
end
print(sum)
