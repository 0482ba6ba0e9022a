const SIZE = 3000; // size

function gcd(a, b) {
  let x = a;
  let y = b;
  while (y !== 0) {
    const rest = x % y;
    x = y;
    y = rest;
  }
  return x;
}

let sum = 0;
for (let i = 1; i <= SIZE; i++) {
  for (let j = 1; j <= i; j++) sum += gcd(i, j);
}
console.log(sum);
