local SIZE = 12 -- size

local function flags(count)
  local all = {}
  for i = 1, count do
    all[i] = false
  end
  return all
end

local columns, rising, falling = flags(SIZE), flags(2 * SIZE), flags(2 * SIZE)

local function place(row)
  if row > SIZE then
    return 1
  end
  local ways = 0
  for column = 1, SIZE do
    local up, down = row + column - 1, row - column + SIZE
    if not (columns[column] or rising[up] or falling[down]) then
      columns[column], rising[up], falling[down] = true, true, true
      ways = ways + place(row + 1)
      columns[column], rising[up], falling[down] = false, false, false
    end
  end
  return ways
end

print(place(1))
