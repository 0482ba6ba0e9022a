local SIZE = 1600 -- size
local SIDE = 64

local function start()
  local rows = {}
  for y = 0, SIDE - 1 do
    local row = {}
    for x = 0, SIDE - 1 do
      row[x + 1] = (x * 7 + y * 13 + x * y) % 5 < 2 and 1 or 0
    end
    rows[y + 1] = row
  end
  return rows
end

local function next_rows(rows)
  local result = {}
  for y = 1, SIDE do
    local above = rows[y == 1 and SIDE or y - 1]
    local here = rows[y]
    local below = rows[y == SIDE and 1 or y + 1]
    local row = {}
    for x = 1, SIDE do
      local left = x == 1 and SIDE or x - 1
      local right = x == SIDE and 1 or x + 1
      local around = above[left] + above[x] + above[right] + here[left] + here[right]
        + below[left] + below[x] + below[right]
      row[x] = (around == 3 or around == 2 and here[x] == 1) and 1 or 0
    end
    result[y] = row
  end
  return result
end

local rows = start()
for _ = 1, SIZE do
  rows = next_rows(rows)
end
local alive, place = 0, 0
for y = 1, SIDE do
  for x = 1, SIDE do
    alive = alive + rows[y][x]
    place = place + rows[y][x] * ((y - 1) * SIDE + x - 1)
  end
end
print(alive, place)
