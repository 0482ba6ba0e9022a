const SIZE = 6000; // size
const NUMBERS = 500;

function line(first) {
  let text = '';
  for (let i = 0; i < NUMBERS; i++) {
    if (i > 0) text += ',';
    text += first + i * 7;
  }
  return text;
}

let total = 0;
let ones = 0;
for (let i = 0; i < SIZE; i++) {
  const text = line(i);
  total += text.length;
  if (text[text.length >> 1] === '1') ones++;
}
console.log(total, ones);
