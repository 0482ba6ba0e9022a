const SIZE = 340; // size

function matrix(scale) {
  const rows = [];
  for (let i = 0; i < SIZE; i++) {
    const row = [];
    for (let j = 0; j < SIZE; j++) row.push(scale * (i - j) * (i + j));
    rows.push(row);
  }
  return rows;
}

function product(a, b) {
  const result = [];
  for (const row of a) {
    const sums = new Array(SIZE).fill(0);
    for (let k = 0; k < SIZE; k++) {
      const factor = row[k];
      const other = b[k];
      for (let j = 0; j < SIZE; j++) sums[j] += factor * other[j];
    }
    result.push(sums);
  }
  return result;
}

const scale = 1 / SIZE;
const c = product(matrix(scale), matrix(-scale));
let trace = 0;
for (let i = 0; i < SIZE; i++) trace += c[i][SIZE - 1 - i];
console.log(Math.trunc(trace * 10));
