#include <stdio.h>

enum { SIZE = 1000000 }; // size

// Gives less than 0 for an error.
static long descend(long depth, long i) {
  if (depth == 0)
    return i % 3 == 0 ? -1 : 100 / (i % 3);
  long result = descend(depth - 1, i);
  return result < 0 ? result : result + 1;
}

int main(void) {
  long sum = 0, failures = 0;
  for (long i = 0; i < SIZE; i++) {
    long result = descend(10, i);
    if (result < 0)
      failures++;
    else
      sum += result;
  }
  printf("%ld %ld\n", sum, failures);
}
