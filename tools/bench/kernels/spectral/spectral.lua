local SIZE = 640 -- size

local function entry(i, j)
  return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1)
end

local function multiply(v, out)
  for i = 1, #v do
    local sum = 0.0
    for j = 1, #v do
      sum = sum + entry(i - 1, j - 1) * v[j]
    end
    out[i] = sum
  end
end

local function multiply_transposed(v, out)
  for i = 1, #v do
    local sum = 0.0
    for j = 1, #v do
      sum = sum + entry(j - 1, i - 1) * v[j]
    end
    out[i] = sum
  end
end

local u, v, between = {}, {}, {}
for i = 1, SIZE do
  u[i], v[i], between[i] = 1.0, 0.0, 0.0
end
for _ = 1, 10 do
  multiply(u, between)
  multiply_transposed(between, v)
  multiply(v, between)
  multiply_transposed(between, u)
end
local uv, vv = 0.0, 0.0
for i = 1, SIZE do
  uv = uv + u[i] * v[i]
  vv = vv + v[i] * v[i]
end
print(string.format("%d", math.floor(uv / vv * 1e9)))
