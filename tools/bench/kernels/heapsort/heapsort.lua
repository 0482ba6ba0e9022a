local SIZE = 500000 -- size

local function sift(items, start, last)
  local item = items[start]
  local at = start
  while true do
    local child = 2 * at
    if child > last then
      break
    end
    if child < last and items[child] < items[child + 1] then
      child = child + 1
    end
    if items[child] <= item then
      break
    end
    items[at] = items[child]
    at = child
  end
  items[at] = item
end

local function sort(items)
  local count = #items
  for start = math.floor(count / 2), 1, -1 do
    sift(items, start, count)
  end
  for last = count, 2, -1 do
    items[1], items[last] = items[last], items[1]
    sift(items, 1, last - 1)
  end
end

local items = {}
local seed = 42
for i = 1, SIZE do
  seed = seed * 16807 % 2147483647
  items[i] = seed / 2147483647.0
end
sort(items)
local sum = 0.0
for i = 1, SIZE do
  sum = sum + items[i] * ((i - 1) % 100)
end
print(string.format("%d %d", math.floor(items[1] * 1e9), math.floor(sum * 1e3)))
