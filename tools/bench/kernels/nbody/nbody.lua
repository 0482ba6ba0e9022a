local SIZE = 300000 -- size

local Body = {}
Body.__index = Body

function Body:pull(other, dt)
  local dx, dy, dz = self.x - other.x, self.y - other.y, self.z - other.z
  local distance = dx * dx + dy * dy + dz * dz + 0.05
  local strength = dt / (distance * distance)
  local mine, theirs = self.mass * strength, other.mass * strength
  self.vx = self.vx - dx * theirs
  self.vy = self.vy - dy * theirs
  self.vz = self.vz - dz * theirs
  other.vx = other.vx + dx * mine
  other.vy = other.vy + dy * mine
  other.vz = other.vz + dz * mine
end

function Body:move(dt)
  self.x = self.x + dt * self.vx
  self.y = self.y + dt * self.vy
  self.z = self.z + dt * self.vz
end

local function body(f)
  return setmetatable({
    x = f, y = 0.5 * f - 1.0, z = 1.0 - 0.25 * f,
    vx = 0.1 * f, vy = 0.2, vz = 0.1 - 0.05 * f,
    mass = 1.0 + 0.3 * f,
  }, Body)
end

local function energy(bodies)
  local sum = 0.0
  for _, b in ipairs(bodies) do
    sum = sum + 0.5 * b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz)
  end
  return sum
end

local bodies = {}
for i = 0, 4 do
  bodies[#bodies + 1] = body(i + 0.0)
end
for _ = 1, SIZE do
  for i = 1, #bodies do
    for j = i + 1, #bodies do
      bodies[i]:pull(bodies[j], 0.001)
    end
  end
  for i = 1, #bodies do
    bodies[i]:move(0.001)
  end
end
print(string.format("%d", math.floor(energy(bodies) * 1e9)))
