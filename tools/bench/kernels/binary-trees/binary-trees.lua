local SIZE = 17 -- size

local function build(depth)
  if depth == 0 then
    return { left = nil, right = nil }
  end
  return { left = build(depth - 1), right = build(depth - 1) }
end

local function count(tree)
  if tree == nil then
    return 0
  end
  return 1 + count(tree.left) + count(tree.right)
end

local kept = build(SIZE)
local total = 0
for depth = 4, SIZE, 2 do
  local trees = 1
  for _ = depth, SIZE - 1 do
    trees = trees * 2
  end
  for _ = 1, trees do
    total = total + count(build(depth))
  end
end
print(total, count(kept))
