const SIZE = 3000000; // size

const values = [5, 0, 3, 8, 0, 2, 9, 4, 0, 1];

function quotient(i) {
  const value = values[i % 11];
  if (value === undefined) throw new RangeError('index error Array index out of bounds');
  if (value === 0) throw new RangeError('runtime error Division by zero');
  return Math.floor(1000 / value);
}

let sum = 0;
let failures = 0;
for (let i = 0; i < SIZE; i++) {
  try {
    sum += quotient(i);
  } catch (problem) {
    failures++;
    if (i % 1024 === 0) sum += problem.message.length;
  }
}
console.log(sum, failures);
