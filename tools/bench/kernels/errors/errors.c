#include <stdio.h>
#include <string.h>

enum { SIZE = 3000000 }; // size

static const long values[] = {5, 0, 3, 8, 0, 2, 9, 4, 0, 1};

// The message of an error, or NULL.
static const char *quotient(long i, long *result) {
  long at = i % 11;
  if (at >= 10)
    return "index error Array index out of bounds";
  if (values[at] == 0)
    return "runtime error Division by zero";
  *result = 1000 / values[at];
  return NULL;
}

int main(void) {
  long sum = 0, failures = 0;
  for (long i = 0; i < SIZE; i++) {
    long result;
    const char *problem = quotient(i, &result);
    if (problem == NULL) {
      sum += result;
    } else {
      failures++;
      if (i % 1024 == 0)
        sum += strlen(problem);
    }
  }
  printf("%ld %ld\n", sum, failures);
}
