#include <stdint.h>
#include <stdio.h>

enum { SIZE = 600 }; // size

typedef struct {
  int64_t cost, cell;
} Entry;

static Entry heap[4 * SIZE * SIZE + 1];
static long used;
static int64_t weights[SIZE * SIZE], costs[SIZE * SIZE];

static void add(Entry entry) {
  long at = used++;
  while (at > 0) {
    long parent = (at - 1) / 2;
    if (heap[parent].cost <= entry.cost)
      break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = entry;
}

static Entry take(void) {
  Entry first = heap[0], last = heap[--used];
  long at = 0;
  for (;;) {
    long child = 2 * at + 1;
    if (child >= used)
      break;
    if (child + 1 < used && heap[child + 1].cost < heap[child].cost)
      child++;
    if (heap[child].cost >= last.cost)
      break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = last;
  return first;
}

int main(void) {
  int64_t seed = 42;
  for (long i = 0; i < SIZE * SIZE; i++) {
    seed = seed * 16807 % 2147483647;
    weights[i] = 1 + seed % 9;
    costs[i] = 1000000000;
  }
  costs[0] = 0;
  add((Entry){0, 0});
  while (used > 0) {
    Entry entry = take();
    int64_t cell = entry.cell;
    if (entry.cost != costs[cell])
      continue;
    int64_t x = cell % SIZE, y = cell / SIZE;
    for (int side = 0; side < 4; side++) {
      int64_t nx = x + (side == 0 ? 1 : side == 1 ? -1 : 0);
      int64_t ny = y + (side == 2 ? 1 : side == 3 ? -1 : 0);
      if (nx >= 0 && nx < SIZE && ny >= 0 && ny < SIZE) {
        int64_t next = ny * SIZE + nx, cost = entry.cost + weights[next];
        if (cost < costs[next]) {
          costs[next] = cost;
          add((Entry){cost, next});
        }
      }
    }
  }
  int64_t sum = 0;
  for (long i = 0; i < SIZE * SIZE; i++)
    sum += costs[i];
  printf("%lld %lld\n", (long long)costs[SIZE * SIZE - 1], (long long)sum);
}
