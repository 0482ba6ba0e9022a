const SIZE = 1600; // size
const SIDE = 64;

function start() {
  const rows = [];
  for (let y = 0; y < SIDE; y++) {
    const row = [];
    for (let x = 0; x < SIDE; x++) row.push((x * 7 + y * 13 + x * y) % 5 < 2 ? 1 : 0);
    rows.push(row);
  }
  return rows;
}

function next(rows) {
  const result = [];
  for (let y = 0; y < SIDE; y++) {
    const above = rows[(y + SIDE - 1) % SIDE];
    const here = rows[y];
    const below = rows[(y + 1) % SIDE];
    const row = new Array(SIDE).fill(0);
    for (let x = 0; x < SIDE; x++) {
      const left = x === 0 ? SIDE - 1 : x - 1;
      const right = x === SIDE - 1 ? 0 : x + 1;
      const around =
        above[left] + above[x] + above[right] + here[left] + here[right] + below[left] + below[x] + below[right];
      if (around === 3 || (around === 2 && here[x] === 1)) row[x] = 1;
    }
    result.push(row);
  }
  return result;
}

let rows = start();
for (let i = 0; i < SIZE; i++) rows = next(rows);
let alive = 0;
let place = 0;
for (let y = 0; y < SIDE; y++) {
  for (let x = 0; x < SIDE; x++) {
    alive += rows[y][x];
    place += rows[y][x] * (y * SIDE + x);
  }
}
console.log(alive, place);
