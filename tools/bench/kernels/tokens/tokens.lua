local SIZE = 14000 -- size

local byte, sub = string.byte, string.sub
local A, Z, a, z, ZERO, NINE = byte("A"), byte("Z"), byte("a"), byte("z"), byte("0"), byte("9")
local SPACE, NEWLINE, UNDERSCORE = byte(" "), byte("\n"), byte("_")

local function is_letter(c)
  return c >= a and c <= z or c >= A and c <= Z or c == UNDERSCORE
end

local function is_digit(c)
  return c >= ZERO and c <= NINE
end

local function scan(text, counts)
  local at, length = 1, #text
  while at <= length do
    local c = byte(text, at)
    local start = at
    if c == SPACE or c == NEWLINE then
      at = at + 1
    elseif is_letter(c) then
      while at <= length and (is_letter(byte(text, at)) or is_digit(byte(text, at))) do
        at = at + 1
      end
      counts.words = counts.words + 1
      counts.letters = counts.letters + #sub(text, start, at - 1)
    elseif is_digit(c) then
      while at <= length and is_digit(byte(text, at)) do
        at = at + 1
      end
      counts.numbers = counts.numbers + 1
      counts.sum = counts.sum + tonumber(sub(text, start, at - 1))
    else
      counts.signs = counts.signs + 1
      at = at + 1
    end
  end
end

local text = "while total_1 < 4096 { total_1 = (total_1 + 17) * step; count = count + 1; }\nif count >= 250 { report(total_1, count - 3); } else { retry(left, right, 12345678); }\n"
local counts = { words = 0, letters = 0, numbers = 0, signs = 0, sum = 0 }
for _ = 1, SIZE do
  scan(text, counts)
end
print(counts.words, counts.letters, counts.numbers, counts.signs, string.format("%d", counts.sum))
