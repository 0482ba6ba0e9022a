local SIZE = 100 -- size
local LIMIT = 100000

local count = 0
for _ = 1, SIZE do
  local composite = {}
  for i = 1, LIMIT do
    composite[i] = false
  end
  count = 0
  for i = 2, LIMIT do
    if not composite[i] then
      count = count + 1
      for j = i * i, LIMIT, i do
        composite[j] = true
      end
    end
  end
end
print(count)
