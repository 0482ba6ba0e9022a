#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 500000 }; // size

static void sift(double *items, long start, long end) {
  double item = items[start];
  long at = start;
  for (;;) {
    long child = 2 * at + 1;
    if (child >= end)
      break;
    if (child + 1 < end && items[child] < items[child + 1])
      child++;
    if (items[child] <= item)
      break;
    items[at] = items[child];
    at = child;
  }
  items[at] = item;
}

static void sort(double *items, long count) {
  for (long start = count / 2 - 1; start >= 0; start--)
    sift(items, start, count);
  for (long end = count - 1; end > 0; end--) {
    double item = items[0];
    items[0] = items[end];
    items[end] = item;
    sift(items, 0, end);
  }
}

int main(void) {
  double *items = malloc(SIZE * sizeof *items);
  int64_t seed = 42;
  for (long i = 0; i < SIZE; i++) {
    seed = seed * 16807 % 2147483647;
    items[i] = seed / 2147483647.0;
  }
  sort(items, SIZE);
  double sum = 0;
  for (long i = 0; i < SIZE; i++)
    sum += items[i] * (i % 100);
  printf("%lld %lld\n", (long long)(items[0] * 1e9), (long long)(sum * 1e3));
  free(items);
}
