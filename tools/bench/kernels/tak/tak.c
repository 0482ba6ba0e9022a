#include <stdio.h>

enum { SIZE = 400 }; // size

static long tak(long x, long y, long z) {
  if (y >= x)
    return z;
  return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

int main(void) {
  long sum = 0;
  for (volatile long i = 0; i < SIZE; i++)
    sum += tak(18, 12, 6);
  printf("%ld\n", sum);
}
