#include <stdio.h>

enum { SIZE = 300000 }; // size
enum { BODIES = 5 };

typedef struct {
  double x, y, z, vx, vy, vz, mass;
} Body;

static void pull(Body *self, Body *other, double dt) {
  double dx = self->x - other->x, dy = self->y - other->y, dz = self->z - other->z;
  double distance = dx * dx + dy * dy + dz * dz + 0.05;
  double strength = dt / (distance * distance);
  double mine = self->mass * strength, theirs = other->mass * strength;
  self->vx -= dx * theirs;
  self->vy -= dy * theirs;
  self->vz -= dz * theirs;
  other->vx += dx * mine;
  other->vy += dy * mine;
  other->vz += dz * mine;
}

static void move(Body *self, double dt) {
  self->x += dt * self->vx;
  self->y += dt * self->vy;
  self->z += dt * self->vz;
}

static double energy(const Body *bodies) {
  double sum = 0;
  for (int i = 0; i < BODIES; i++) {
    const Body *b = &bodies[i];
    sum += 0.5 * b->mass * (b->vx * b->vx + b->vy * b->vy + b->vz * b->vz);
  }
  return sum;
}

int main(void) {
  Body bodies[BODIES];
  for (int i = 0; i < BODIES; i++) {
    double f = i;
    bodies[i] = (Body){f, 0.5 * f - 1, 1 - 0.25 * f, 0.1 * f, 0.2, 0.1 - 0.05 * f, 1 + 0.3 * f};
  }
  for (long step = 0; step < SIZE; step++) {
    for (int i = 0; i < BODIES; i++)
      for (int j = i + 1; j < BODIES; j++)
        pull(&bodies[i], &bodies[j], 0.001);
    for (int i = 0; i < BODIES; i++)
      move(&bodies[i], 0.001);
  }
  printf("%lld\n", (long long)(energy(bodies) * 1e9));
}
