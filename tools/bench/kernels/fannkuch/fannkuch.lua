local SIZE = 10 -- size

local function fannkuch()
  local numbers, flipped, count = {}, {}, {}
  for i = 1, SIZE do
    numbers[i], flipped[i], count[i] = i, 0, 0
  end
  local most, checksum, even, left = 0, 0, true, SIZE
  while true do
    while left ~= 1 do
      count[left] = left
      left = left - 1
    end

    if numbers[1] ~= 1 then
      for i = 1, SIZE do
        flipped[i] = numbers[i]
      end
      local flips, first = 0, flipped[1]
      while first ~= 1 do
        local i, j = 1, first
        while i < j do
          flipped[i], flipped[j] = flipped[j], flipped[i]
          i = i + 1
          j = j - 1
        end
        flips = flips + 1
        first = flipped[1]
      end
      if flips > most then
        most = flips
      end
      checksum = even and checksum + flips or checksum - flips
    end

    -- the next permutation
    while true do
      if left == SIZE then
        return checksum, most
      end
      local moved = numbers[1]
      for i = 1, left do
        numbers[i] = numbers[i + 1]
      end
      numbers[left + 1] = moved
      count[left + 1] = count[left + 1] - 1
      if count[left + 1] > 0 then
        break
      end
      left = left + 1
    end
    even = not even
  end
end

print(fannkuch())
