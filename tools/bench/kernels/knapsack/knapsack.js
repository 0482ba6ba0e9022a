const SIZE = 5500; // size
const CAPACITY = 6000;

const best = new Int32Array(CAPACITY + 1);
let seed = 7;
for (let i = 0; i < SIZE; i++) {
  seed = (seed * 16807) % 2147483647;
  const weight = 20 + (seed % 180);
  const value = 10 + (Math.floor(seed / 180) % 90);
  for (let room = CAPACITY; room >= weight; room--) {
    const withIt = best[room - weight] + value;
    if (withIt > best[room]) best[room] = withIt;
  }
}
console.log(best[CAPACITY], best[CAPACITY / 2]);
