// Nanoseconds per round of a loop in which an error passes ten frames on its way to the handler, and of the same loop without errors.
function descend(depth, i, divisor) {
  if (depth === 0) {
    if (divisor === 0) throw new RangeError('Division by zero');
    return i / divisor;
  }
  return descend(depth - 1, i, divisor) + 1;
}

function failing(count, divisor) {
  let caught = 0;
  for (let i = 0; i < count; i++) {
    try {
      caught += descend(10, i, divisor);
    } catch {
      caught += 1;
    }
  }
  return caught;
}

const count = 200000;
failing(50000, 0);
failing(50000, 1000000007);
const start = performance.now();
failing(count, 1000000007);
const middle = performance.now();
failing(count, 0);
const end = performance.now();
console.log(((end - middle) * 1e6) / count, ((middle - start) * 1e6) / count);
