#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { SIZE = 6000 }; // size
enum { ITEMS = 200 };

// A number that knows which kind it is.
typedef struct {
  bool is_float;
  union {
    int64_t integer;
    double real;
  };
} Value;

static Value integer(int64_t x) { return (Value){false, .integer = x}; }
static Value real_of(double x) { return (Value){true, .real = x}; }

static Value add(Value a, Value b) {
  return a.is_float ? real_of(a.real + b.real) : integer(a.integer + b.integer);
}

static Value multiply(Value a, Value b) {
  return a.is_float ? real_of(a.real * b.real) : integer(a.integer * b.integer);
}

static bool greater(Value a, Value b) {
  return a.is_float ? a.real > b.real : a.integer > b.integer;
}

static Value total(const Value *items, Value zero) {
  Value sum = zero;
  for (int i = 0; i < ITEMS; i++)
    sum = add(sum, items[i]);
  return sum;
}

static Value dot(const Value *a, const Value *b, Value zero) {
  Value sum = zero;
  for (int i = 0; i < ITEMS; i++)
    sum = add(sum, multiply(a[i], b[i]));
  return sum;
}

static Value horner(const Value *coefficients, int count, Value x, Value zero) {
  Value value = zero;
  for (int i = 0; i < count; i++)
    value = add(multiply(value, x), coefficients[i]);
  return value;
}

static Value largest(const Value *items) {
  Value best = items[0];
  for (int i = 0; i < ITEMS; i++)
    if (greater(items[i], best))
      best = items[i];
  return best;
}

int main(void) {
  Value integers[ITEMS], floats[ITEMS];
  for (int i = 0; i < ITEMS; i++) {
    integers[i] = integer(i * 37 % 101);
    floats[i] = real_of(i * 0.25);
  }
  Value zero = integer(0), none = real_of(0);
  int64_t whole = 0;
  double real = 0;
  for (long i = 0; i < SIZE; i++) {
    Value sum = add(add(total(integers, zero), dot(integers, integers, zero)), largest(integers));
    Value three[] = {integer(1), integer(2), integer(3)}, two[] = {real_of(0.5), real_of(0.25)};
    whole = (whole + sum.integer + horner(three, 3, integer(i), zero).integer) % 1000000007;
    Value reals = add(add(total(floats, none), dot(floats, floats, none)), largest(floats));
    real += add(reals, horner(two, 2, real_of(2), none)).real;
  }
  printf("%lld %lld\n", (long long)whole, (long long)(real / 16));
}
