#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 90000 }; // size

typedef struct {
  int64_t id, age;
  double score;
} Person;

typedef bool Before(const Person *, const Person *);

static void sort_by(Person **people, Person **spare, long count, Before *before) {
  if (count < 2)
    return;
  long middle = count / 2;
  sort_by(people, spare, middle, before);
  sort_by(people + middle, spare, count - middle, before);
  memcpy(spare, people, middle * sizeof *people);
  long i = 0, j = middle, n = 0;
  while (i < middle && j < count)
    people[n++] = before(people[j], spare[i]) ? people[j++] : spare[i++];
  while (i < middle)
    people[n++] = spare[i++];
}

static bool younger(const Person *a, const Person *b) { return a->age < b->age; }
static bool better(const Person *a, const Person *b) { return a->score > b->score; }

static long long checksum(Person **people) {
  int64_t sum = 0;
  for (long i = 0; i < SIZE; i++)
    sum = (sum * 31 + people[i]->id) % 1000000007;
  return sum;
}

int main(void) {
  Person *all = malloc(SIZE * sizeof *all);
  Person **by_age = malloc(SIZE * sizeof *by_age);
  Person **by_score = malloc(SIZE * sizeof *by_score);
  Person **spare = malloc(SIZE * sizeof *spare);
  int64_t seed = 42;
  for (int64_t id = 0; id < SIZE; id++) {
    seed = seed * 16807 % 2147483647;
    all[id] = (Person){id, seed % 90, seed / 2147483647.0};
    by_age[id] = by_score[id] = &all[id];
  }
  sort_by(by_age, spare, SIZE, younger);
  sort_by(by_score, spare, SIZE, better);
  long long ages = checksum(by_age), scores = checksum(by_score);
  sort_by(by_score, spare, SIZE, younger);
  printf("%lld %lld %lld\n", ages, scores, checksum(by_score));
  free(all);
  free(by_age);
  free(by_score);
  free(spare);
}
