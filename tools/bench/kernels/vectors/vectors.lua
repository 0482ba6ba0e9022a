local SIZE = 30000 -- size
local PARTICLES = 40

local Vec = {}
Vec.__index = Vec

local function vec(x, y, z)
  return setmetatable({ x = x, y = y, z = z }, Vec)
end

function Vec:plus(other)
  return vec(self.x + other.x, self.y + other.y, self.z + other.z)
end

function Vec:times(factor)
  return vec(self.x * factor, self.y * factor, self.z * factor)
end

function Vec:dot(other)
  return self.x * other.x + self.y * other.y + self.z * other.z
end

local particles = {}
for i = 0, PARTICLES - 1 do
  local f = i + 0.0
  particles[i + 1] = { position = vec(f, 1.0 - f, 0.5 * f), velocity = vec(0.1, 0.01 * f, -0.1) }
end
for _ = 1, SIZE do
  for i = 1, #particles do
    local p = particles[i]
    local pull = p.position:times(-0.01 / (1.0 + p.position:dot(p.position)))
    p.velocity = p.velocity:plus(pull)
    p.position = p.position:plus(p.velocity:times(0.01))
  end
end
local energy = 0.0
for _, p in ipairs(particles) do
  energy = energy + (p.velocity:dot(p.velocity) + p.position:dot(p.position))
end
print(string.format("%d", math.floor(energy * 1e3)))
