local SIZE = 1000 -- size
local STEPS = 50

local function stays(cx, cy)
  local x, y = 0.0, 0.0
  for _ = 1, STEPS do
    local xx, yy = x * x, y * y
    if xx + yy > 4.0 then
      return false
    end
    y = 2.0 * x * y + cy
    x = xx - yy + cx
  end
  return true
end

local inside = 0
for row = 0, SIZE - 1 do
  local cy = 2.0 * row / SIZE - 1.0
  for column = 0, SIZE - 1 do
    local cx = 2.0 * column / SIZE - 1.5
    if stays(cx, cy) then
      inside = inside + 1
    end
  end
end
print(inside)
