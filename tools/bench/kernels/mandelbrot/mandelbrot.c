#include <stdbool.h>
#include <stdio.h>

enum { SIZE = 1000 }; // size
enum { STEPS = 50 };

static bool stays(double cx, double cy) {
  double x = 0, y = 0;
  for (int step = 0; step < STEPS; step++) {
    double xx = x * x, yy = y * y;
    if (xx + yy > 4)
      return false;
    y = 2 * x * y + cy;
    x = xx - yy + cx;
  }
  return true;
}

int main(void) {
  long inside = 0;
  for (long row = 0; row < SIZE; row++) {
    double cy = 2.0 * row / SIZE - 1.0;
    for (long column = 0; column < SIZE; column++) {
      double cx = 2.0 * column / SIZE - 1.5;
      if (stays(cx, cy))
        inside++;
    }
  }
  printf("%ld\n", inside);
}
