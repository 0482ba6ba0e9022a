#include <stdio.h>

enum { SIZE = 640 }; // size

static double entry(long i, long j) {
  return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1);
}

static void multiply(const double *v, double *out) {
  for (long i = 0; i < SIZE; i++) {
    double sum = 0;
    for (long j = 0; j < SIZE; j++)
      sum += entry(i, j) * v[j];
    out[i] = sum;
  }
}

static void multiply_transposed(const double *v, double *out) {
  for (long i = 0; i < SIZE; i++) {
    double sum = 0;
    for (long j = 0; j < SIZE; j++)
      sum += entry(j, i) * v[j];
    out[i] = sum;
  }
}

int main(void) {
  static double u[SIZE], v[SIZE], between[SIZE];
  for (long i = 0; i < SIZE; i++)
    u[i] = 1;
  for (int i = 0; i < 10; i++) {
    multiply(u, between);
    multiply_transposed(between, v);
    multiply(v, between);
    multiply_transposed(between, u);
  }
  double uv = 0, vv = 0;
  for (long i = 0; i < SIZE; i++) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  printf("%lld\n", (long long)(uv / vv * 1e9));
}
