#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 100 }; // size
enum { LIMIT = 100000 };

int main(void) {
  long count = 0;
  for (long round = 0; round < SIZE; round++) {
    bool *composite = calloc(LIMIT + 1, sizeof(bool));
    count = 0;
    for (long i = 2; i <= LIMIT; i++) {
      if (!composite[i]) {
        count++;
        for (long j = i * i; j <= LIMIT; j += i)
          composite[j] = true;
      }
    }
    free(composite);
  }
  printf("%ld\n", count);
}
