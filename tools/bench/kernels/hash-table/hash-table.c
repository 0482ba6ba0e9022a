#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 4500000 }; // size
enum { CAPACITY = 131072 };

typedef struct {
  int64_t *keys, *counts, used;
} Table;

static Table make(void) {
  Table table = {malloc(CAPACITY * sizeof(int64_t)), calloc(CAPACITY, sizeof(int64_t)), 0};
  for (long i = 0; i < CAPACITY; i++)
    table.keys[i] = -1;
  return table;
}

// Where the key is, or where it belongs.
static int64_t find(const Table *self, int64_t key) {
  int64_t slot = (key * 7919) % CAPACITY;
  while (self->keys[slot] != key && self->keys[slot] != -1) {
    slot++;
    if (slot == CAPACITY)
      slot = 0;
  }
  return slot;
}

static void add(Table *self, int64_t key) {
  int64_t slot = find(self, key);
  if (self->keys[slot] == -1) {
    self->keys[slot] = key;
    self->used++;
  }
  self->counts[slot]++;
}

int main(void) {
  Table table = make();
  int64_t seed = 1;
  for (long i = 0; i < SIZE; i++) {
    seed = (seed * 16807) % 2147483647;
    add(&table, seed % 70000);
  }
  int64_t most = 0, sum = 0;
  for (int64_t key = 0; key < 70000; key++) {
    int64_t count = table.counts[find(&table, key)];
    if (count > most)
      most = count;
    sum += count * (key % 10);
  }
  printf("%lld %lld %lld\n", (long long)table.used, (long long)most, (long long)sum);
  free(table.keys);
  free(table.counts);
}
