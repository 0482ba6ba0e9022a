#include <stdio.h>

enum { SIZE = 340 }; // size

static double a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

static void fill(double m[SIZE][SIZE], double scale) {
  for (long i = 0; i < SIZE; i++)
    for (long j = 0; j < SIZE; j++)
      m[i][j] = scale * (i - j) * (i + j);
}

static void product(void) {
  for (long i = 0; i < SIZE; i++) {
    for (long j = 0; j < SIZE; j++)
      c[i][j] = 0;
    for (long k = 0; k < SIZE; k++) {
      double factor = a[i][k];
      for (long j = 0; j < SIZE; j++)
        c[i][j] += factor * b[k][j];
    }
  }
}

int main(void) {
  double scale = 1.0 / SIZE;
  fill(a, scale);
  fill(b, -scale);
  product();
  double trace = 0;
  for (long i = 0; i < SIZE; i++)
    trace += c[i][SIZE - 1 - i];
  printf("%lld\n", (long long)(trace * 10));
}
