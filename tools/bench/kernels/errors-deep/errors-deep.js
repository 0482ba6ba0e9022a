const SIZE = 1000000; // size

function descend(depth, i) {
  if (depth === 0) {
    const divisor = i % 3;
    if (divisor === 0) throw new RangeError('Division by zero');
    return 100 / divisor;
  }
  return descend(depth - 1, i) + 1;
}

let sum = 0;
let failures = 0;
for (let i = 0; i < SIZE; i++) {
  try {
    sum += descend(10, i);
  } catch {
    failures++;
  }
}
console.log(sum, failures);
