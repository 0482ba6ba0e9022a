#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 14000 }; // size

typedef enum { NUMBER, VARIABLE, SUM, PRODUCT } Kind;

typedef struct Expr {
  Kind kind;
  union {
    double value;
    struct {
      const struct Expr *left, *right;
    };
  };
} Expr;

// Expressions share parts, so all of one round are freed together.
static Expr arena[4096];
static long used;

static const Expr *make(Expr e) {
  arena[used] = e;
  return &arena[used++];
}

static const Expr *number(double value) { return make((Expr){NUMBER, .value = value}); }
static const Expr *sum_of(const Expr *a, const Expr *b) { return make((Expr){SUM, .left = a, .right = b}); }
static const Expr *product_of(const Expr *a, const Expr *b) { return make((Expr){PRODUCT, .left = a, .right = b}); }

static const Expr *derivative(const Expr *e) {
  switch (e->kind) {
  case NUMBER:
    return number(0);
  case VARIABLE:
    return number(1);
  case SUM:
    return sum_of(derivative(e->left), derivative(e->right));
  default:
    return sum_of(product_of(derivative(e->left), e->right), product_of(e->left, derivative(e->right)));
  }
}

static bool is_number(const Expr *e, double wanted) {
  return e->kind == NUMBER && e->value == wanted;
}

static const Expr *simplified(const Expr *e) {
  if (e->kind != SUM && e->kind != PRODUCT)
    return e;
  const Expr *a = simplified(e->left), *b = simplified(e->right);
  if (e->kind == SUM)
    return is_number(a, 0) ? b : is_number(b, 0) ? a : sum_of(a, b);
  if (is_number(a, 0) || is_number(b, 0))
    return number(0);
  return is_number(a, 1) ? b : is_number(b, 1) ? a : product_of(a, b);
}

static double value(const Expr *e, double x) {
  switch (e->kind) {
  case NUMBER:
    return e->value;
  case VARIABLE:
    return x;
  case SUM:
    return value(e->left, x) + value(e->right, x);
  default:
    return value(e->left, x) * value(e->right, x);
  }
}

static const Expr variable = {VARIABLE, .value = 0};

// c0 + x * (c1 + x * (c2 + ...))
static const Expr *polynomial(long degree, long first) {
  if (degree == 0)
    return number(first);
  return sum_of(number(first), product_of(&variable, polynomial(degree - 1, first + 1)));
}

int main(void) {
  double sum = 0;
  for (long i = 0; i < SIZE; i++) {
    used = 0;
    const Expr *slope = simplified(derivative(polynomial(8, i % 10)));
    for (int step = 0; step < 5; step++)
      sum += value(slope, 0.25 * step);
  }
  printf("%lld\n", (long long)(sum * 1e3));
}
