const SIZE = 14000; // size

const NUMBER = 1;
const VARIABLE = 2;
const SUM = 3;
const PRODUCT = 4;

const X = { kind: VARIABLE };
const number = (value) => ({ kind: NUMBER, value });
const sumOf = (left, right) => ({ kind: SUM, left, right });
const productOf = (left, right) => ({ kind: PRODUCT, left, right });

function derivative(e) {
  switch (e.kind) {
    case NUMBER:
      return number(0);
    case VARIABLE:
      return number(1);
    case SUM:
      return sumOf(derivative(e.left), derivative(e.right));
    default:
      return sumOf(productOf(derivative(e.left), e.right), productOf(e.left, derivative(e.right)));
  }
}

const isNumber = (e, wanted) => e.kind === NUMBER && e.value === wanted;

function simplified(e) {
  switch (e.kind) {
    case SUM: {
      const a = simplified(e.left);
      const b = simplified(e.right);
      if (isNumber(a, 0)) return b;
      if (isNumber(b, 0)) return a;
      return sumOf(a, b);
    }
    case PRODUCT: {
      const a = simplified(e.left);
      const b = simplified(e.right);
      if (isNumber(a, 0) || isNumber(b, 0)) return number(0);
      if (isNumber(a, 1)) return b;
      if (isNumber(b, 1)) return a;
      return productOf(a, b);
    }
    default:
      return e;
  }
}

function value(e, x) {
  switch (e.kind) {
    case NUMBER:
      return e.value;
    case VARIABLE:
      return x;
    case SUM:
      return value(e.left, x) + value(e.right, x);
    default:
      return value(e.left, x) * value(e.right, x);
  }
}

// c0 + x * (c1 + x * (c2 + ...))
function polynomial(degree, first) {
  if (degree === 0) return number(first);
  return sumOf(number(first), productOf(X, polynomial(degree - 1, first + 1)));
}

let sum = 0;
for (let i = 0; i < SIZE; i++) {
  const slope = simplified(derivative(polynomial(8, i % 10)));
  for (let step = 0; step < 5; step++) sum += value(slope, 0.25 * step);
}
console.log(Math.floor(sum * 1e3));
