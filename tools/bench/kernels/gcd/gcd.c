#include <stdint.h>
#include <stdio.h>

enum { SIZE = 3000 }; // size

static int64_t gcd(int64_t x, int64_t y) {
  while (y != 0) {
    int64_t rest = x % y;
    x = y;
    y = rest;
  }
  return x;
}

int main(void) {
  int64_t sum = 0;
  for (int64_t i = 1; i <= SIZE; i++)
    for (int64_t j = 1; j <= i; j++)
      sum += gcd(i, j);
  printf("%lld\n", (long long)sum);
}
