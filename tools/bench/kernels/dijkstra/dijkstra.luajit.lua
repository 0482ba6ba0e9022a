local SIZE = 600 -- size

local Queue = {}
Queue.__index = Queue

function Queue:add(entry)
  local heap = self.heap
  local at = #heap + 1
  while at > 1 do
    local parent = math.floor(at / 2)
    if heap[parent].cost <= entry.cost then
      break
    end
    heap[at] = heap[parent]
    at = parent
  end
  heap[at] = entry
end

function Queue:take()
  local heap = self.heap
  local count = #heap
  local first, last = heap[1], heap[count]
  heap[count] = nil
  count = count - 1
  if count == 0 then
    return first
  end
  local at = 1
  while true do
    local child = 2 * at
    if child > count then
      break
    end
    if child < count and heap[child + 1].cost < heap[child].cost then
      child = child + 1
    end
    if heap[child].cost >= last.cost then
      break
    end
    heap[at] = heap[child]
    at = child
  end
  heap[at] = last
  return first
end

local weights, costs = {}, {}
local seed = 42
for i = 0, SIZE * SIZE - 1 do
  seed = seed * 16807 % 2147483647
  weights[i] = 1 + seed % 9
  costs[i] = 1000000000
end
costs[0] = 0
local queue = setmetatable({ heap = {} }, Queue)
queue:add({ cost = 0, cell = 0 })
while #queue.heap > 0 do
  local entry = queue:take()
  local cell = entry.cell
  if entry.cost == costs[cell] then
    local x = cell % SIZE
    local y = (cell - x) / SIZE
    for side = 0, 3 do
      local nx = x + (side == 0 and 1 or side == 1 and -1 or 0)
      local ny = y + (side == 2 and 1 or side == 3 and -1 or 0)
      if nx >= 0 and nx < SIZE and ny >= 0 and ny < SIZE then
        local next_cell = ny * SIZE + nx
        local cost = entry.cost + weights[next_cell]
        if cost < costs[next_cell] then
          costs[next_cell] = cost
          queue:add({ cost = cost, cell = next_cell })
        end
      end
    end
  end
end
local sum = 0
for i = 0, SIZE * SIZE - 1 do
  sum = sum + costs[i]
end
print(costs[SIZE * SIZE - 1], sum)
