#include <stdbool.h>
#include <stdio.h>

enum { SIZE = 12 }; // size

static bool columns[SIZE], rising[2 * SIZE], falling[2 * SIZE + 1];

static long place(int row) {
  if (row == SIZE)
    return 1;
  long ways = 0;
  for (int column = 0; column < SIZE; column++) {
    int up = row + column, down = row - column + SIZE;
    if (!(columns[column] || rising[up] || falling[down])) {
      columns[column] = rising[up] = falling[down] = true;
      ways += place(row + 1);
      columns[column] = rising[up] = falling[down] = false;
    }
  }
  return ways;
}

int main(void) {
  printf("%ld\n", place(0));
}
