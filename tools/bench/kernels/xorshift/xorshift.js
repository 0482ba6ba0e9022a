const SIZE = 16000000; // size

const counts = new Array(256).fill(0);
let x = 2463534242 | 0;
for (let i = 0; i < SIZE; i++) {
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  counts[x & 255]++;
}
let sum = 0;
for (let i = 0; i < 256; i++) sum += i * counts[i];
console.log(x >>> 0, sum);
