const SIZE = 600; // size

class Queue {
  heap = [];

  add(entry) {
    const { heap } = this;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent].cost <= entry.cost) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = entry;
  }

  take() {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    const count = heap.length;
    if (count === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      if (child + 1 < count && heap[child + 1].cost < heap[child].cost) child++;
      if (heap[child].cost >= last.cost) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

const weights = [];
let seed = 42;
for (let i = 0; i < SIZE * SIZE; i++) {
  seed = (seed * 16807) % 2147483647;
  weights.push(1 + (seed % 9));
}
const costs = new Array(SIZE * SIZE).fill(1000000000);
costs[0] = 0;
const queue = new Queue();
queue.add({ cost: 0, cell: 0 });
while (queue.heap.length > 0) {
  const entry = queue.take();
  const { cell } = entry;
  if (entry.cost === costs[cell]) {
    const x = cell % SIZE;
    const y = Math.floor(cell / SIZE);
    for (let side = 0; side < 4; side++) {
      const nx = x + (side === 0 ? 1 : side === 1 ? -1 : 0);
      const ny = y + (side === 2 ? 1 : side === 3 ? -1 : 0);
      if (nx >= 0 && nx < SIZE && ny >= 0 && ny < SIZE) {
        const next = ny * SIZE + nx;
        const cost = entry.cost + weights[next];
        if (cost < costs[next]) {
          costs[next] = cost;
          queue.add({ cost, cell: next });
        }
      }
    }
  }
}
let sum = 0;
for (const cost of costs) sum += cost;
console.log(costs[SIZE * SIZE - 1], sum);
