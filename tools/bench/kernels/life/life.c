#include <stdio.h>
#include <string.h>

enum { SIZE = 1600 }; // size
enum { SIDE = 64 };

static long rows[SIDE][SIDE], result[SIDE][SIDE];

static void next(void) {
  for (int y = 0; y < SIDE; y++) {
    const long *above = rows[(y + SIDE - 1) % SIDE], *here = rows[y], *below = rows[(y + 1) % SIDE];
    for (int x = 0; x < SIDE; x++) {
      int left = x == 0 ? SIDE - 1 : x - 1, right = x == SIDE - 1 ? 0 : x + 1;
      long around =
          above[left] + above[x] + above[right] + here[left] + here[right] + below[left] + below[x] + below[right];
      result[y][x] = around == 3 || (around == 2 && here[x] == 1);
    }
  }
  memcpy(rows, result, sizeof rows);
}

int main(void) {
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      rows[y][x] = (x * 7 + y * 13 + x * y) % 5 < 2;
  for (long i = 0; i < SIZE; i++)
    next();
  long alive = 0, place = 0;
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      alive += rows[y][x];
      place += rows[y][x] * (y * SIDE + x);
    }
  printf("%ld %ld\n", alive, place);
}
