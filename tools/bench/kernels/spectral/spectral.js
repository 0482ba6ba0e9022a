const SIZE = 640; // size

function entry(i, j) {
  return 1 / (((i + j) * (i + j + 1)) / 2 + i + 1);
}

function multiply(v, out) {
  for (let i = 0; i < v.length; i++) {
    let sum = 0;
    for (let j = 0; j < v.length; j++) sum += entry(i, j) * v[j];
    out[i] = sum;
  }
}

function multiplyTransposed(v, out) {
  for (let i = 0; i < v.length; i++) {
    let sum = 0;
    for (let j = 0; j < v.length; j++) sum += entry(j, i) * v[j];
    out[i] = sum;
  }
}

const u = new Float64Array(SIZE).fill(1);
const v = new Float64Array(SIZE);
const between = new Float64Array(SIZE);
for (let i = 0; i < 10; i++) {
  multiply(u, between);
  multiplyTransposed(between, v);
  multiply(v, between);
  multiplyTransposed(between, u);
}
let uv = 0;
let vv = 0;
for (let i = 0; i < SIZE; i++) {
  uv += u[i] * v[i];
  vv += v[i] * v[i];
}
console.log(Math.floor((uv / vv) * 1e9));
