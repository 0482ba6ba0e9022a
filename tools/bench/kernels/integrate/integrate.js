const SIZE = 2500000; // size

function simpson(f, low, high, steps) {
  const width = (high - low) / steps;
  let sum = f(low) + f(high);
  for (let i = 1; i < steps; i++) {
    const weight = i % 2 === 1 ? 4 : 2;
    sum += weight * f(low + width * i);
  }
  return (sum * width) / 3;
}

const scaled = (factor) => (x) => factor * x * x;
const inverse = (x) => 1 / (1 + x * x);

let sum = 0;
for (let i = 1; i <= 4; i++) sum += simpson(scaled(0.5 * i), 0, 3, SIZE);
sum += simpson(inverse, 0, 1, SIZE);
console.log(Math.floor(sum * 1e6));
