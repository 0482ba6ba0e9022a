const SIZE = 6000; // size

function total(items, zero) {
  let sum = zero;
  for (const item of items) sum += item;
  return sum;
}

function dot(a, b, zero) {
  let sum = zero;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function horner(coefficients, x, zero) {
  let value = zero;
  for (const c of coefficients) value = value * x + c;
  return value;
}

function largest(items) {
  let best = items[0];
  for (const item of items) if (item > best) best = item;
  return best;
}

const integers = [];
const floats = [];
for (let i = 0; i < 200; i++) {
  integers.push((i * 37) % 101);
  floats.push(i * 0.25);
}
let whole = 0;
let real = 0;
for (let i = 0; i < SIZE; i++) {
  whole += total(integers, 0) + dot(integers, integers, 0) + largest(integers);
  whole = (whole + horner([1, 2, 3], i, 0)) % 1000000007;
  real += total(floats, 0) + dot(floats, floats, 0) + largest(floats) + horner([0.5, 0.25], 2, 0);
}
console.log(whole, Math.floor(real / 16));
