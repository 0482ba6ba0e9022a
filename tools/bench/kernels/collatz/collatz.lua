local SIZE = 300000 -- size

local best, longest = 0, 0
for start = 1, SIZE - 1 do
  local n, length = start, 1
  while n ~= 1 do
    if n % 2 == 0 then
      n = n // 2
    else
      n = 3 * n + 1
    end
    length = length + 1
  end
  if length > longest then
    best, longest = start, length
  end
end
print(best, longest)
