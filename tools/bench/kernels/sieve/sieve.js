const SIZE = 100; // size
const LIMIT = 100000;

let count = 0;
for (let round = 0; round < SIZE; round++) {
  const composite = new Array(LIMIT + 1).fill(false);
  count = 0;
  for (let i = 2; i <= LIMIT; i++) {
    if (!composite[i]) {
      count++;
      for (let j = i * i; j <= LIMIT; j += i) composite[j] = true;
    }
  }
}
console.log(count);
