local SIZE = 12000 -- size

local function class()
  local c = {}
  c.__index = c
  return c
end

local Circle, Box, Square = class(), class(), class()

function Circle:area()
  return 3.0 * self.radius * self.radius
end

function Circle:grow(by)
  self.radius = self.radius + by
end

function Box:area()
  return self.width * self.height
end

function Box:grow(by)
  self.width = self.width + by
  self.height = self.height + by
end

function Square:area()
  return self.side * self.side
end

function Square:grow(by)
  self.side = self.side + by
end

local function describe(shape)
  return #shape.name
end

local shapes = {}
for i = 0, 99 do
  local size = i % 10 + 0.0
  if i % 3 == 0 then
    shapes[#shapes + 1] = setmetatable({ name = "circle", radius = size }, Circle)
  elseif i % 3 == 1 then
    shapes[#shapes + 1] = setmetatable({ name = "box", width = size, height = 2.0 }, Box)
  else
    shapes[#shapes + 1] = setmetatable({ name = "square", side = size }, Square)
  end
end
local area, letters = 0.0, 0
for round = 0, SIZE - 1 do
  local by = round % 2 == 0 and 0.125 or -0.125
  for i = 1, #shapes do
    local shape = shapes[i]
    shape:grow(by)
    area = area + shape:area()
    letters = letters + describe(shape)
  end
end
print(string.format("%d", math.floor(area * 8.0)), letters)
