local SIZE = 90000 -- size

local function part(items, from, to)
  local result = {}
  for i = from, to do
    result[i - from + 1] = items[i]
  end
  return result
end

local function sorted_by(people, before)
  local count = #people
  if count < 2 then
    return people
  end
  local middle = math.floor(count / 2)
  local left = sorted_by(part(people, 1, middle), before)
  local right = sorted_by(part(people, middle + 1, count), before)
  local result, lefts, rights = {}, #left, #right
  local i, j, n = 1, 1, 0
  while i <= lefts and j <= rights do
    n = n + 1
    if before(right[j], left[i]) then
      result[n] = right[j]
      j = j + 1
    else
      result[n] = left[i]
      i = i + 1
    end
  end
  while i <= lefts do
    n = n + 1
    result[n] = left[i]
    i = i + 1
  end
  while j <= rights do
    n = n + 1
    result[n] = right[j]
    j = j + 1
  end
  return result
end

local function checksum(people)
  local sum = 0
  for _, person in ipairs(people) do
    sum = (sum * 31 + person.id) % 1000000007
  end
  return sum
end

local people = {}
local seed = 42
for id = 0, SIZE - 1 do
  seed = seed * 16807 % 2147483647
  people[id + 1] = { id = id, age = seed % 90, score = seed / 2147483647.0 }
end
local by_age = sorted_by(people, function(a, b) return a.age < b.age end)
local by_score = sorted_by(people, function(a, b) return a.score > b.score end)
local both = sorted_by(by_score, function(a, b) return a.age < b.age end)
print(checksum(by_age), checksum(by_score), checksum(both))
