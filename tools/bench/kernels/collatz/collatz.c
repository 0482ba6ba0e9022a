#include <stdint.h>
#include <stdio.h>

enum { SIZE = 300000 }; // size

int main(void) {
  int64_t best = 0, longest = 0;
  for (int64_t start = 1; start < SIZE; start++) {
    int64_t n = start, length = 1;
    while (n != 1) {
      if (n % 2 == 0)
        n /= 2;
      else
        n = 3 * n + 1;
      length++;
    }
    if (length > longest) {
      longest = length;
      best = start;
    }
  }
  printf("%lld %lld\n", (long long)best, (long long)longest);
}
