#include <stdio.h>
#include <string.h>

enum { SIZE = 12000 }; // size
enum { SHAPES = 100 };

typedef struct Shape Shape;

typedef struct {
  double (*area)(const Shape *);
  void (*grow)(Shape *, double);
} Methods;

struct Shape {
  const Methods *methods;
  const char *name;
  double width, height;
};

static double circle_area(const Shape *s) { return 3.0 * s->width * s->width; }
static double box_area(const Shape *s) { return s->width * s->height; }
static double square_area(const Shape *s) { return s->width * s->width; }
static void grow_one(Shape *s, double by) { s->width += by; }

static void grow_both(Shape *s, double by) {
  s->width += by;
  s->height += by;
}

static const Methods circle = {circle_area, grow_one};
static const Methods box = {box_area, grow_both};
static const Methods square = {square_area, grow_one};

int main(void) {
  Shape shapes[SHAPES];
  for (int i = 0; i < SHAPES; i++) {
    double size = i % 10;
    if (i % 3 == 0)
      shapes[i] = (Shape){&circle, "circle", size, 0};
    else if (i % 3 == 1)
      shapes[i] = (Shape){&box, "box", size, 2};
    else
      shapes[i] = (Shape){&square, "square", size, 0};
  }
  double area = 0;
  long letters = 0;
  for (long round = 0; round < SIZE; round++) {
    double by = round % 2 == 0 ? 0.125 : -0.125;
    for (int i = 0; i < SHAPES; i++) {
      shapes[i].methods->grow(&shapes[i], by);
      area += shapes[i].methods->area(&shapes[i]);
      letters += strlen(shapes[i].name);
    }
  }
  printf("%lld %ld\n", (long long)(area * 8), letters);
}
