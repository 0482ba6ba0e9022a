#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 300000 }; // size

typedef char Text[16];

static int64_t integers[SIZE];
static double floats[SIZE];
static Text strings[SIZE];

static int by_number(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int by_text(const void *a, const void *b) {
  return strcmp(a, b);
}

int main(void) {
  int64_t seed = 42;
  for (long i = 0; i < SIZE; i++) {
    seed = seed * 16807 % 2147483647;
    integers[i] = seed;
    floats[i] = seed / 2147483647.0;
    snprintf(strings[i], sizeof(Text), "k%lld", (long long)seed);
  }
  qsort(integers, SIZE, sizeof *integers, by_number);
  qsort(floats, SIZE, sizeof *floats, by_value);
  qsort(strings, SIZE, sizeof *strings, by_text);
  int64_t sum = 0;
  for (long i = 0; i < SIZE; i++)
    sum = (sum * 31 + integers[i] + (int64_t)strlen(strings[i])) % 1000000007;
  printf("%lld %lld %s %s\n", (long long)sum, (long long)(floats[SIZE / 2] * 1e9), strings[0], strings[SIZE / 3]);
}
