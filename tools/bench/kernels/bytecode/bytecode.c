#include <stdint.h>
#include <stdio.h>

enum { SIZE = 60000 }; // size

typedef enum { PUSH, LOAD, STORE, ADD, MULTIPLY, REMAINDER, LESS, JUMP_IF_ZERO, JUMP, STOP } Op;

typedef struct {
  Op op;
  int64_t operand;
} Inst;

static const Inst code[] = {
    {PUSH, 2}, {STORE, 0},
    {LOAD, 0}, {PUSH, SIZE}, {LESS, 0}, {JUMP_IF_ZERO, 33}, // 2: while n < SIZE
    {PUSH, 2}, {STORE, 1}, // 6: d = 2
    {LOAD, 0}, {LOAD, 1}, {LOAD, 1}, {MULTIPLY, 0}, {LESS, 0}, // 8: n < d * d?
    {JUMP_IF_ZERO, 15}, {JUMP, 24},
    {LOAD, 0}, {LOAD, 1}, {REMAINDER, 0}, {JUMP_IF_ZERO, 28}, // 15: n % d == 0?
    {LOAD, 1}, {PUSH, 1}, {ADD, 0}, {STORE, 1}, {JUMP, 8}, // 19: d += 1
    {LOAD, 2}, {PUSH, 1}, {ADD, 0}, {STORE, 2}, // 24: count += 1
    {LOAD, 0}, {PUSH, 1}, {ADD, 0}, {STORE, 0}, {JUMP, 2}, // 28: n += 1
    {STOP, 0}, // 33
};

// Runs until STOP; gives how many instructions that took.
static long run(int64_t *slots) {
  int64_t stack[16];
  long top = 0, at = 0, steps = 0;
  for (;;) {
    Inst inst = code[at++];
    steps++;
    switch (inst.op) {
    case PUSH:
      stack[top++] = inst.operand;
      break;
    case LOAD:
      stack[top++] = slots[inst.operand];
      break;
    case STORE:
      slots[inst.operand] = stack[--top];
      break;
    case ADD:
      top--;
      stack[top - 1] += stack[top];
      break;
    case MULTIPLY:
      top--;
      stack[top - 1] *= stack[top];
      break;
    case REMAINDER:
      top--;
      stack[top - 1] %= stack[top];
      break;
    case LESS:
      top--;
      stack[top - 1] = stack[top - 1] < stack[top];
      break;
    case JUMP_IF_ZERO:
      if (stack[--top] == 0)
        at = inst.operand;
      break;
    case JUMP:
      at = inst.operand;
      break;
    case STOP:
      return steps;
    }
  }
}

int main(void) {
  int64_t slots[3] = {0};
  long steps = run(slots);
  printf("%lld %ld\n", (long long)slots[2], steps);
}
