#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 1200 }; // size
enum { LENGTH = 2000 };

typedef struct List {
  int64_t head;
  struct List *tail;
} List;

static List *cons(int64_t head, List *tail) {
  List *list = malloc(sizeof *list);
  *list = (List){head, tail};
  return list;
}

static List *upto(int64_t n) {
  List *list = NULL;
  for (int64_t i = n; i > 0; i--)
    list = cons(i, list);
  return list;
}

static List *reversed(const List *list) {
  List *result = NULL;
  for (; list; list = list->tail)
    result = cons(list->head, result);
  return result;
}

static List *scaled(const List *list, int64_t factor) {
  return list ? cons(list->head * factor, scaled(list->tail, factor)) : NULL;
}

static List *odd(const List *list) {
  if (list == NULL)
    return NULL;
  return list->head % 2 == 1 ? cons(list->head, odd(list->tail)) : odd(list->tail);
}

static int64_t sum(const List *list) {
  int64_t total = 0;
  for (; list; list = list->tail)
    total += list->head;
  return total;
}

static void drop(List *list) {
  while (list) {
    List *tail = list->tail;
    free(list);
    list = tail;
  }
}

int main(void) {
  int64_t total = 0;
  for (int64_t i = 0; i < SIZE; i++) {
    List *list = upto(LENGTH), *back = reversed(list), *odds = odd(back), *big = scaled(odds, i);
    total += sum(big);
    drop(list);
    drop(back);
    drop(odds);
    drop(big);
  }
  printf("%lld\n", (long long)total);
}
