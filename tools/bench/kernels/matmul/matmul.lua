local SIZE = 340 -- size

local function matrix(scale)
  local rows = {}
  for i = 0, SIZE - 1 do
    local row = {}
    for j = 0, SIZE - 1 do
      row[j + 1] = scale * (i - j) * (i + j)
    end
    rows[i + 1] = row
  end
  return rows
end

local function product(a, b)
  local result = {}
  for i, row in ipairs(a) do
    local sums = {}
    for j = 1, SIZE do
      sums[j] = 0.0
    end
    for k = 1, SIZE do
      local factor, other = row[k], b[k]
      for j = 1, SIZE do
        sums[j] = sums[j] + factor * other[j]
      end
    end
    result[i] = sums
  end
  return result
end

local scale = 1.0 / SIZE
local c = product(matrix(scale), matrix(-scale))
local trace = 0.0
for i = 1, SIZE do
  trace = trace + c[i][SIZE + 1 - i]
end
print(string.format("%d", trace * 10.0 < 0 and math.ceil(trace * 10.0) or math.floor(trace * 10.0)))
