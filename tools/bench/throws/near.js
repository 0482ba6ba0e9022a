// Nanoseconds per round of a loop in which an error is raised and caught in one function, and of the same loop without errors.
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

const count = 500000;
failing(50000, 0);
failing(50000, 1000000007);
const start = performance.now();
failing(count, 1000000007);
const middle = performance.now();
failing(count, 0);
const end = performance.now();
console.log(((end - middle) * 1e6) / count, ((middle - start) * 1e6) / count);
