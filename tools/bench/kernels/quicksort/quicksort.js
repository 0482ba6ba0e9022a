const SIZE = 900000; // size

function sort(items, low, high) {
  let from = low;
  let to = high;
  while (from < to) {
    const pivot = items[(from + to) >> 1];
    let i = from;
    let j = to;
    while (i <= j) {
      while (items[i] < pivot) i++;
      while (items[j] > pivot) j--;
      if (i <= j) {
        const item = items[i];
        items[i] = items[j];
        items[j] = item;
        i++;
        j--;
      }
    }
    if (j - from < to - i) {
      sort(items, from, j);
      from = i;
    } else {
      sort(items, i, to);
      to = j;
    }
  }
}

const items = [];
let seed = 42;
for (let i = 0; i < SIZE; i++) {
  seed = (seed * 110351 + 12345) % 2147483648;
  items.push(seed);
}
sort(items, 0, items.length - 1);
let sum = 0;
for (const item of items) sum = (sum * 31 + item) % 1000000007;
console.log(items[0], items[items.length - 1], sum);
