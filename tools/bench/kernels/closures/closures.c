#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { SIZE = 40000 }; // size
enum { ITEMS = 100 };

// A function and what it captured.
typedef struct Closure {
  int64_t (*call)(const struct Closure *self, int64_t x);
  int64_t captured;
  const struct Closure *f, *g;
} Closure;

static int64_t apply(const Closure *f, int64_t x) {
  return f->call(f, x);
}

static int map(const int64_t *items, int count, const Closure *f, int64_t *result) {
  for (int i = 0; i < count; i++)
    result[i] = apply(f, items[i]);
  return count;
}

static int filter(const int64_t *items, int count, bool (*wanted)(int64_t), int64_t *result) {
  int n = 0;
  for (int i = 0; i < count; i++)
    if (wanted(items[i]))
      result[n++] = items[i];
  return n;
}

static int64_t fold(const int64_t *items, int count, int64_t start, int64_t (*f)(int64_t, int64_t)) {
  int64_t value = start;
  for (int i = 0; i < count; i++)
    value = f(value, items[i]);
  return value;
}

static int64_t call_composed(const Closure *self, int64_t x) { return apply(self->f, apply(self->g, x)); }
static int64_t twice(const Closure *self, int64_t x) { return x * 2 + self->captured; }
static int64_t reduced(const Closure *self, int64_t x) { return (void)self, x % 17 + 1; }
static bool is_odd(int64_t x) { return x % 2 == 1; }
static int64_t add(int64_t a, int64_t b) { return (a + b) % 1000003; }

int main(void) {
  int64_t items[ITEMS], mapped[ITEMS], odd[ITEMS];
  for (int i = 0; i < ITEMS; i++)
    items[i] = i;
  int64_t count = 0, sum = 0;
  for (long round = 0; round < SIZE; round++) {
    Closure f = {twice, round, NULL, NULL}, g = {reduced, 0, NULL, NULL}, change = {call_composed, 0, &f, &g};
    int n = filter(mapped, map(items, ITEMS, &change, mapped), is_odd, odd);
    count += 3;
    sum = fold(odd, n, sum, add) + count % 7;
  }
  printf("%lld %lld\n", (long long)sum, (long long)(count + 3));
}
