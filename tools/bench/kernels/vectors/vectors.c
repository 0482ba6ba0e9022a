#include <stdio.h>

enum { SIZE = 30000 }; // size
enum { PARTICLES = 40 };

typedef struct {
  double x, y, z;
} Vec;

typedef struct {
  Vec position, velocity;
} Particle;

static Vec plus(Vec a, Vec b) { return (Vec){a.x + b.x, a.y + b.y, a.z + b.z}; }
static Vec times(Vec a, double factor) { return (Vec){a.x * factor, a.y * factor, a.z * factor}; }
static double dot(Vec a, Vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }

int main(void) {
  Particle particles[PARTICLES];
  for (int i = 0; i < PARTICLES; i++)
    particles[i] = (Particle){{i, 1.0 - i, 0.5 * i}, {0.1, 0.01 * i, -0.1}};
  for (long step = 0; step < SIZE; step++)
    for (int i = 0; i < PARTICLES; i++) {
      Particle *p = &particles[i];
      Vec pull = times(p->position, -0.01 / (1 + dot(p->position, p->position)));
      p->velocity = plus(p->velocity, pull);
      p->position = plus(p->position, times(p->velocity, 0.01));
    }
  double energy = 0;
  for (int i = 0; i < PARTICLES; i++)
    energy += dot(particles[i].velocity, particles[i].velocity) + dot(particles[i].position, particles[i].position);
  printf("%lld\n", (long long)(energy * 1e3));
}
