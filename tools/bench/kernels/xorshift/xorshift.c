#include <stdint.h>
#include <stdio.h>

enum { SIZE = 16000000 }; // size

int main(void) {
  int64_t counts[256] = {0};
  uint32_t x = 2463534242;
  for (long i = 0; i < SIZE; i++) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    counts[x & 255]++;
  }
  int64_t sum = 0;
  for (int i = 0; i < 256; i++)
    sum += i * counts[i];
  printf("%u %lld\n", x, (long long)sum);
}
