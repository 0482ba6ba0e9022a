const SIZE = 300000; // size

let best = 0;
let longest = 0;
for (let start = 1; start < SIZE; start++) {
  let n = start;
  let length = 1;
  while (n !== 1) {
    if (n % 2 === 0) n /= 2;
    else n = 3 * n + 1;
    length++;
  }
  if (length > longest) {
    longest = length;
    best = start;
  }
}
console.log(best, longest);
