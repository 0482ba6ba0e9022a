#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 900000 }; // size

static void sort(int64_t *items, long from, long to) {
  while (from < to) {
    int64_t pivot = items[(from + to) / 2];
    long i = from, j = to;
    while (i <= j) {
      while (items[i] < pivot)
        i++;
      while (items[j] > pivot)
        j--;
      if (i <= j) {
        int64_t item = items[i];
        items[i++] = items[j];
        items[j--] = item;
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

int main(void) {
  int64_t *items = malloc(SIZE * sizeof *items);
  int64_t seed = 42;
  for (long i = 0; i < SIZE; i++) {
    seed = (seed * 110351 + 12345) % 2147483648;
    items[i] = seed;
  }
  sort(items, 0, SIZE - 1);
  int64_t sum = 0;
  for (long i = 0; i < SIZE; i++)
    sum = (sum * 31 + items[i]) % 1000000007;
  printf("%lld %lld %lld\n", (long long)items[0], (long long)items[SIZE - 1], (long long)sum);
  free(items);
}
