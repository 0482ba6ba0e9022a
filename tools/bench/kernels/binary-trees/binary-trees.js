const SIZE = 17; // size

class Tree {
  constructor(left, right) {
    this.left = left;
    this.right = right;
  }
}

function build(depth) {
  if (depth === 0) return new Tree(null, null);
  return new Tree(build(depth - 1), build(depth - 1));
}

function count(tree) {
  if (tree === null) return 0;
  return 1 + count(tree.left) + count(tree.right);
}

const kept = build(SIZE);
let total = 0;
for (let depth = 4; depth <= SIZE; depth += 2) {
  const trees = 2 ** (SIZE - depth);
  for (let i = 0; i < trees; i++) total += count(build(depth));
}
console.log(total, count(kept));
