local SIZE = 14000 -- size

local NUMBER, VARIABLE, SUM, PRODUCT = 1, 2, 3, 4

local X = { kind = VARIABLE }

local function number(value)
  return { kind = NUMBER, value = value }
end

local function sum_of(left, right)
  return { kind = SUM, left = left, right = right }
end

local function product_of(left, right)
  return { kind = PRODUCT, left = left, right = right }
end

local function derivative(e)
  local kind = e.kind
  if kind == NUMBER then
    return number(0.0)
  elseif kind == VARIABLE then
    return number(1.0)
  elseif kind == SUM then
    return sum_of(derivative(e.left), derivative(e.right))
  end
  return sum_of(product_of(derivative(e.left), e.right), product_of(e.left, derivative(e.right)))
end

local function is_number(e, wanted)
  return e.kind == NUMBER and e.value == wanted
end

local function simplified(e)
  if e.kind == SUM then
    local a, b = simplified(e.left), simplified(e.right)
    if is_number(a, 0.0) then return b end
    if is_number(b, 0.0) then return a end
    return sum_of(a, b)
  elseif e.kind == PRODUCT then
    local a, b = simplified(e.left), simplified(e.right)
    if is_number(a, 0.0) or is_number(b, 0.0) then return number(0.0) end
    if is_number(a, 1.0) then return b end
    if is_number(b, 1.0) then return a end
    return product_of(a, b)
  end
  return e
end

local function value(e, x)
  local kind = e.kind
  if kind == NUMBER then
    return e.value
  elseif kind == VARIABLE then
    return x
  elseif kind == SUM then
    return value(e.left, x) + value(e.right, x)
  end
  return value(e.left, x) * value(e.right, x)
end

-- c0 + x * (c1 + x * (c2 + ...))
local function polynomial(degree, first)
  if degree == 0 then
    return number(first + 0.0)
  end
  return sum_of(number(first + 0.0), product_of(X, polynomial(degree - 1, first + 1)))
end

local sum = 0.0
for i = 0, SIZE - 1 do
  local slope = simplified(derivative(polynomial(8, i % 10)))
  for step = 0, 4 do
    sum = sum + value(slope, 0.25 * step)
  end
end
print(string.format("%d", math.floor(sum * 1e3)))
