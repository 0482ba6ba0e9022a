#include <stdio.h>
#include <string.h>

enum { SIZE = 6000 }; // size
enum { NUMBERS = 500 };

static char text[NUMBERS * 22];

static char *append_number(char *end, long number) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = '0' + number % 10;
    number /= 10;
  } while (number > 0);
  while (count > 0)
    *end++ = digits[--count];
  return end;
}

static size_t line(long first) {
  char *end = text;
  for (long i = 0; i < NUMBERS; i++) {
    if (i > 0)
      *end++ = ',';
    end = append_number(end, first + i * 7);
  }
  return end - text;
}

int main(void) {
  long total = 0, ones = 0;
  for (long i = 0; i < SIZE; i++) {
    size_t length = line(i);
    total += length;
    if (text[length / 2] == '1')
      ones++;
  }
  printf("%ld %ld\n", total, ones);
}
