// Nanoseconds per round of a loop in which an error is raised and caught in one function, and of the same loop without errors: the least of thirty.
function failing(count, divisor) {
  let caught = 0;
  for (let i = 0; i < count; i++) {
    try {
      if (divisor === 0) throw new RangeError('Division by zero');
      caught += i / divisor;
    } catch {
      caught += 1;
    }
  }
  return caught;
}

const rounds = 2500;
failing(25000, 0);
failing(25000, 1000000007);
let best = Infinity;
let without = Infinity;
for (let i = 0; i < 30; i++) {
  const start = performance.now();
  failing(rounds, 1000000007);
  const middle = performance.now();
  failing(rounds, 0);
  const end = performance.now();
  best = Math.min(best, end - middle);
  without = Math.min(without, middle - start);
}
console.log((best * 1e6) / rounds, (without * 1e6) / rounds);
