local SIZE = 1200 -- size
local LENGTH = 2000

local function cons(head, tail)
  return { head = head, tail = tail }
end

local function upto(n)
  local list = nil
  for i = n, 1, -1 do
    list = cons(i, list)
  end
  return list
end

local function reversed(list)
  local result = nil
  while list do
    result = cons(list.head, result)
    list = list.tail
  end
  return result
end

local function scaled(list, factor)
  if list == nil then
    return nil
  end
  return cons(list.head * factor, scaled(list.tail, factor))
end

local function odd(list)
  if list == nil then
    return nil
  end
  if list.head % 2 == 1 then
    return cons(list.head, odd(list.tail))
  end
  return odd(list.tail)
end

local function sum(list)
  local total = 0
  while list do
    total = total + list.head
    list = list.tail
  end
  return total
end

local total = 0
for i = 0, SIZE - 1 do
  local list = upto(LENGTH)
  total = total + sum(scaled(odd(reversed(list)), i))
end
print(total)
