const SIZE = 500000; // size

function sift(items, start, end) {
  const item = items[start];
  let at = start;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= end) break;
    if (child + 1 < end && items[child] < items[child + 1]) child++;
    if (items[child] <= item) break;
    items[at] = items[child];
    at = child;
  }
  items[at] = item;
}

function sort(items) {
  const count = items.length;
  for (let start = (count >> 1) - 1; start >= 0; start--) sift(items, start, count);
  for (let end = count - 1; end > 0; end--) {
    const item = items[0];
    items[0] = items[end];
    items[end] = item;
    sift(items, 0, end);
  }
}

const items = new Float64Array(SIZE);
let seed = 42;
for (let i = 0; i < SIZE; i++) {
  seed = (seed * 16807) % 2147483647;
  items[i] = seed / 2147483647;
}
sort(items);
let sum = 0;
for (let i = 0; i < SIZE; i++) sum += items[i] * (i % 100);
console.log(Math.floor(items[0] * 1e9), Math.floor(sum * 1e3));
