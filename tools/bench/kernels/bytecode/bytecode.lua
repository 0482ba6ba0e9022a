local SIZE = 60000 -- size

local PUSH, LOAD, STORE, ADD, MULTIPLY, REMAINDER, LESS, JUMP_IF_ZERO, JUMP, STOP = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10

local code = {
  { op = PUSH, operand = 2 },
  { op = STORE, operand = 0 },
  -- 2: while n < SIZE
  { op = LOAD, operand = 0 },
  { op = PUSH, operand = SIZE },
  { op = LESS, operand = 0 },
  { op = JUMP_IF_ZERO, operand = 33 },
  -- 6: d = 2
  { op = PUSH, operand = 2 },
  { op = STORE, operand = 1 },
  -- 8: n < d * d?
  { op = LOAD, operand = 0 },
  { op = LOAD, operand = 1 },
  { op = LOAD, operand = 1 },
  { op = MULTIPLY, operand = 0 },
  { op = LESS, operand = 0 },
  { op = JUMP_IF_ZERO, operand = 15 },
  { op = JUMP, operand = 24 },
  -- 15: n % d == 0?
  { op = LOAD, operand = 0 },
  { op = LOAD, operand = 1 },
  { op = REMAINDER, operand = 0 },
  { op = JUMP_IF_ZERO, operand = 28 },
  -- 19: d += 1
  { op = LOAD, operand = 1 },
  { op = PUSH, operand = 1 },
  { op = ADD, operand = 0 },
  { op = STORE, operand = 1 },
  { op = JUMP, operand = 8 },
  -- 24: count += 1
  { op = LOAD, operand = 2 },
  { op = PUSH, operand = 1 },
  { op = ADD, operand = 0 },
  { op = STORE, operand = 2 },
  -- 28: n += 1
  { op = LOAD, operand = 0 },
  { op = PUSH, operand = 1 },
  { op = ADD, operand = 0 },
  { op = STORE, operand = 0 },
  { op = JUMP, operand = 2 },
  -- 33
  { op = STOP, operand = 0 },
}

-- Runs until STOP; gives how many instructions that took.
local function run(slots)
  local stack = {}
  local top, at, steps = 0, 1, 0
  while true do
    local inst = code[at]
    local op = inst.op
    at = at + 1
    steps = steps + 1
    if op == PUSH then
      top = top + 1
      stack[top] = inst.operand
    elseif op == LOAD then
      top = top + 1
      stack[top] = slots[inst.operand]
    elseif op == STORE then
      slots[inst.operand] = stack[top]
      top = top - 1
    elseif op == ADD then
      top = top - 1
      stack[top] = stack[top] + stack[top + 1]
    elseif op == MULTIPLY then
      top = top - 1
      stack[top] = stack[top] * stack[top + 1]
    elseif op == REMAINDER then
      top = top - 1
      stack[top] = stack[top] % stack[top + 1]
    elseif op == LESS then
      top = top - 1
      stack[top] = stack[top] < stack[top + 1] and 1 or 0
    elseif op == JUMP_IF_ZERO then
      if stack[top] == 0 then
        at = inst.operand + 1
      end
      top = top - 1
    elseif op == JUMP then
      at = inst.operand + 1
    else
      return steps
    end
  end
end

local slots = { [0] = 0, 0, 0 }
local steps = run(slots)
print(slots[2], steps)
