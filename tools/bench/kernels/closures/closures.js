const SIZE = 40000; // size

function map(items, f) {
  const result = [];
  for (const item of items) result.push(f(item));
  return result;
}

function filter(items, wanted) {
  const result = [];
  for (const item of items) if (wanted(item)) result.push(item);
  return result;
}

function fold(items, start, f) {
  let value = start;
  for (const item of items) value = f(value, item);
  return value;
}

const composed = (f, g) => (x) => f(g(x));

function counter(step) {
  let count = 0;
  return () => {
    count += step;
    return count;
  };
}

const items = Array.from({ length: 100 }, (_, i) => i);
const count = counter(3);
let sum = 0;
for (let round = 0; round < SIZE; round++) {
  const change = composed(
    (x) => x * 2 + round,
    (x) => (x % 17) + 1,
  );
  const odd = filter(map(items, change), (x) => x % 2 === 1);
  sum = fold(odd, sum, (a, b) => (a + b) % 1000003) + (count() % 7);
}
console.log(sum, count());
