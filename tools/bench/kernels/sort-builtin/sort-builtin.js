const SIZE = 300000; // size

const integers = [];
const floats = [];
const strings = [];
let seed = 42;
for (let i = 0; i < SIZE; i++) {
  seed = (seed * 16807) % 2147483647;
  integers.push(seed);
  floats.push(seed / 2147483647);
  strings.push(`k${seed}`);
}
integers.sort((a, b) => a - b);
floats.sort((a, b) => a - b);
strings.sort();
let sum = 0;
for (let i = 0; i < SIZE; i++) sum = (sum * 31 + integers[i] + strings[i].length) % 1000000007;
console.log(sum, Math.floor(floats[SIZE >> 1] * 1e9), strings[0], strings[Math.floor(SIZE / 3)]);
