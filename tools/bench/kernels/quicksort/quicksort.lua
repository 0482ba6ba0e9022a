local SIZE = 900000 -- size

local function sort(items, from, to)
  while from < to do
    local pivot = items[(from + to) // 2]
    local i, j = from, to
    while i <= j do
      while items[i] < pivot do
        i = i + 1
      end
      while items[j] > pivot do
        j = j - 1
      end
      if i <= j then
        items[i], items[j] = items[j], items[i]
        i = i + 1
        j = j - 1
      end
    end
    if j - from < to - i then
      sort(items, from, j)
      from = i
    else
      sort(items, i, to)
      to = j
    end
  end
end

local items = {}
local seed = 42
for i = 1, SIZE do
  seed = (seed * 110351 + 12345) % 2147483648
  items[i] = seed
end
sort(items, 1, #items)
local sum = 0
for i = 1, #items do
  sum = (sum * 31 + items[i]) % 1000000007
end
print(items[1], items[#items], sum)
