#include <stdint.h>
#include <stdio.h>

enum { SIZE = 5500 }; // size
enum { CAPACITY = 6000 };

int main(void) {
  int32_t best[CAPACITY + 1] = {0};
  int64_t seed = 7;
  for (long i = 0; i < SIZE; i++) {
    seed = seed * 16807 % 2147483647;
    long weight = 20 + seed % 180;
    int32_t value = 10 + seed / 180 % 90;
    for (long room = CAPACITY; room >= weight; room--) {
      int32_t with = best[room - weight] + value;
      if (with > best[room])
        best[room] = with;
    }
  }
  printf("%d %d\n", best[CAPACITY], best[CAPACITY / 2]);
}
