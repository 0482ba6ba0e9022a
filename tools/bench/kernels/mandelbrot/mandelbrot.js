const SIZE = 1000; // size
const STEPS = 50;

function stays(cx, cy) {
  let x = 0;
  let y = 0;
  for (let step = 0; step < STEPS; step++) {
    const xx = x * x;
    const yy = y * y;
    if (xx + yy > 4) return false;
    y = 2 * x * y + cy;
    x = xx - yy + cx;
  }
  return true;
}

let inside = 0;
for (let row = 0; row < SIZE; row++) {
  const cy = (2 * row) / SIZE - 1;
  for (let column = 0; column < SIZE; column++) {
    const cx = (2 * column) / SIZE - 1.5;
    if (stays(cx, cy)) inside++;
  }
}
console.log(inside);
