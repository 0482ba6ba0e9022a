#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 14000 }; // size

typedef struct {
  long words, letters, numbers, signs, sum;
} Counts;

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static void scan(const char *text, Counts *counts) {
  const char *at = text;
  while (*at) {
    const char *start = at;
    if (*at == ' ' || *at == '\n') {
      at++;
    } else if (is_letter(*at)) {
      while (is_letter(*at) || is_digit(*at))
        at++;
      counts->words++;
      counts->letters += at - start;
    } else if (is_digit(*at)) {
      counts->numbers++;
      counts->sum += strtol(at, (char **)&at, 10);
    } else {
      counts->signs++;
      at++;
    }
  }
}

int main(void) {
  const char *text = "while total_1 < 4096 { total_1 = (total_1 + 17) * step; count = count + 1; }\n"
                     "if count >= 250 { report(total_1, count - 3); } else { retry(left, right, 12345678); }\n";
  Counts counts = {0};
  for (long i = 0; i < SIZE; i++)
    scan(text, &counts);
  printf("%ld %ld %ld %ld %ld\n", counts.words, counts.letters, counts.numbers, counts.signs, counts.sum);
}
