#include <stdint.h>
#include <stdio.h>

enum { SIZE = 1000000 }; // size
enum { FIRST = 1000001 };

static int64_t power(int64_t base, int64_t exponent, int64_t modulus) {
  int64_t result = 1, factor = base % modulus, rest = exponent;
  while (rest > 0) {
    if (rest & 1)
      result = result * factor % modulus;
    factor = factor * factor % modulus;
    rest >>= 1;
  }
  return result;
}

int main(void) {
  long count = 0;
  for (int64_t i = 0; i < SIZE; i++) {
    int64_t n = FIRST + 2 * i;
    if (power(2, n - 1, n) == 1)
      count++;
  }
  printf("%ld\n", count);
}
