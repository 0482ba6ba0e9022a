const SIZE = 1000000; // size
const FIRST = 1000001;

function power(base, exponent, modulus) {
  let result = 1;
  let factor = base % modulus;
  let rest = exponent;
  while (rest > 0) {
    if (rest & 1) result = (result * factor) % modulus;
    factor = (factor * factor) % modulus;
    rest >>= 1;
  }
  return result;
}

let count = 0;
for (let i = 0; i < SIZE; i++) {
  const n = FIRST + 2 * i;
  if (power(2, n - 1, n) === 1) count++;
}
console.log(count);
