local SIZE = 4500000 -- size
local CAPACITY = 131072

local Table = {}
Table.__index = Table

function Table.make()
  local keys, counts = {}, {}
  for i = 1, CAPACITY do
    keys[i], counts[i] = -1, 0
  end
  return setmetatable({ keys = keys, counts = counts, used = 0 }, Table)
end

-- Where the key is, or where it belongs.
function Table:find(key)
  local keys = self.keys
  local slot = key * 7919 % CAPACITY + 1
  while keys[slot] ~= key and keys[slot] ~= -1 do
    slot = slot + 1
    if slot > CAPACITY then
      slot = 1
    end
  end
  return slot
end

function Table:add(key)
  local slot = self:find(key)
  if self.keys[slot] == -1 then
    self.keys[slot] = key
    self.used = self.used + 1
  end
  self.counts[slot] = self.counts[slot] + 1
end

function Table:get(key)
  return self.counts[self:find(key)]
end

local table = Table.make()
local seed = 1
for _ = 1, SIZE do
  seed = seed * 16807 % 2147483647
  table:add(seed % 70000)
end
local most, sum = 0, 0
for key = 0, 69999 do
  local count = table:get(key)
  if count > most then
    most = count
  end
  sum = sum + count * (key % 10)
end
print(table.used, most, sum)
