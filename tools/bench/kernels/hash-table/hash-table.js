const SIZE = 4500000; // size
const CAPACITY = 131072;

class Table {
  constructor() {
    this.keys = new Array(CAPACITY).fill(-1);
    this.counts = new Array(CAPACITY).fill(0);
    this.used = 0;
  }

  // Where the key is, or where it belongs.
  find(key) {
    const { keys } = this;
    let slot = (key * 7919) % CAPACITY;
    while (keys[slot] !== key && keys[slot] !== -1) {
      slot++;
      if (slot === CAPACITY) slot = 0;
    }
    return slot;
  }

  add(key) {
    const slot = this.find(key);
    if (this.keys[slot] === -1) {
      this.keys[slot] = key;
      this.used++;
    }
    this.counts[slot]++;
  }

  get(key) {
    return this.counts[this.find(key)];
  }
}

const table = new Table();
let seed = 1;
for (let i = 0; i < SIZE; i++) {
  seed = (seed * 16807) % 2147483647;
  table.add(seed % 70000);
}
let most = 0;
let sum = 0;
for (let key = 0; key < 70000; key++) {
  const count = table.get(key);
  if (count > most) most = count;
  sum += count * (key % 10);
}
console.log(table.used, most, sum);
