#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 17 }; // size

typedef struct Tree {
  struct Tree *left, *right;
} Tree;

static Tree *build(long depth) {
  Tree *tree = malloc(sizeof *tree);
  tree->left = depth == 0 ? NULL : build(depth - 1);
  tree->right = depth == 0 ? NULL : build(depth - 1);
  return tree;
}

static long count(const Tree *tree) {
  if (tree == NULL)
    return 0;
  return 1 + count(tree->left) + count(tree->right);
}

static void drop(Tree *tree) {
  if (tree == NULL)
    return;
  drop(tree->left);
  drop(tree->right);
  free(tree);
}

int main(void) {
  Tree *kept = build(SIZE);
  long total = 0;
  for (long depth = 4; depth <= SIZE; depth += 2) {
    long trees = 1L << (SIZE - depth);
    for (long i = 0; i < trees; i++) {
      Tree *tree = build(depth);
      total += count(tree);
      drop(tree);
    }
  }
  printf("%ld %ld\n", total, count(kept));
  drop(kept);
}
