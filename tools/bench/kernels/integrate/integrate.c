#include <stdio.h>

enum { SIZE = 2500000 }; // size

typedef double Function(void *context, double x);

static double simpson(Function *f, void *context, double low, double high, long steps) {
  double width = (high - low) / steps;
  double sum = f(context, low) + f(context, high);
  for (long i = 1; i < steps; i++) {
    double weight = i % 2 == 1 ? 4 : 2;
    sum += weight * f(context, low + width * i);
  }
  return sum * width / 3;
}

static double scaled(void *context, double x) {
  return *(double *)context * x * x;
}

static double inverse(void *context, double x) {
  (void)context;
  return 1 / (1 + x * x);
}

int main(void) {
  double sum = 0;
  for (int i = 1; i <= 4; i++) {
    double factor = 0.5 * i;
    sum += simpson(scaled, &factor, 0, 3, SIZE);
  }
  sum += simpson(inverse, NULL, 0, 1, SIZE);
  printf("%lld\n", (long long)(sum * 1e6));
}
