#include <stdbool.h>
#include <stdio.h>

enum { SIZE = 10 }; // size

static void fannkuch(void) {
  long numbers[SIZE], flipped[SIZE], count[SIZE];
  for (long i = 0; i < SIZE; i++)
    numbers[i] = i;
  long most = 0, checksum = 0, left = SIZE;
  for (bool even = true;; even = !even) {
    for (; left != 1; left--)
      count[left - 1] = left;

    if (numbers[0] != 0) {
      for (long i = 0; i < SIZE; i++)
        flipped[i] = numbers[i];
      long flips = 0;
      for (long first = flipped[0]; first != 0; first = flipped[0]) {
        for (long i = 0, j = first; i < j; i++, j--) {
          long item = flipped[i];
          flipped[i] = flipped[j];
          flipped[j] = item;
        }
        flips++;
      }
      if (flips > most)
        most = flips;
      checksum += even ? flips : -flips;
    }

    // the next permutation
    for (;; left++) {
      if (left == SIZE) {
        printf("%ld %ld\n", checksum, most);
        return;
      }
      long moved = numbers[0];
      for (long i = 0; i < left; i++)
        numbers[i] = numbers[i + 1];
      numbers[left] = moved;
      if (--count[left] > 0)
        break;
    }
  }
}

int main(void) { fannkuch(); }
