#include <stdio.h>
#include <string.h>

enum { SIZE = 70 }; // size
enum { LENGTH = 40 };

static char words[SIZE][LENGTH + 1];

static long distance(const char *a, const char *b) {
  long rows[2][LENGTH + 1];
  long *before = rows[0], *row = rows[1];
  long lengths[2] = {(long)strlen(a), (long)strlen(b)};
  for (long j = 0; j <= lengths[1]; j++)
    before[j] = j;
  for (long i = 1; i <= lengths[0]; i++) {
    row[0] = i;
    for (long j = 1; j <= lengths[1]; j++) {
      long best = before[j - 1] + (a[i - 1] != b[j - 1]);
      if (before[j] + 1 < best)
        best = before[j] + 1;
      if (row[j - 1] + 1 < best)
        best = row[j - 1] + 1;
      row[j] = best;
    }
    long *spare = before;
    before = row;
    row = spare;
  }
  return before[lengths[1]];
}

int main(void) {
  long long seed = 42;
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < LENGTH; j++) {
      seed = seed * 16807 % 2147483647;
      words[i][j] = "abcdefghij"[seed % 10];
    }
  long sum = 0;
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIZE; j++)
      sum += distance(words[i], words[j]);
  printf("%ld\n", sum);
}
