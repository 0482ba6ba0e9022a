const SIZE = 60000; // size

const PUSH = 0;
const LOAD = 1;
const STORE = 2;
const ADD = 3;
const MULTIPLY = 4;
const REMAINDER = 5;
const LESS = 6;
const JUMP_IF_ZERO = 7;
const JUMP = 8;
const STOP = 9;

const inst = (op, operand = 0) => ({ op, operand });

const code = [
  inst(PUSH, 2),
  inst(STORE, 0),
  // 2: while n < SIZE
  inst(LOAD, 0),
  inst(PUSH, SIZE),
  inst(LESS),
  inst(JUMP_IF_ZERO, 33),
  // 6: d = 2
  inst(PUSH, 2),
  inst(STORE, 1),
  // 8: n < d * d?
  inst(LOAD, 0),
  inst(LOAD, 1),
  inst(LOAD, 1),
  inst(MULTIPLY),
  inst(LESS),
  inst(JUMP_IF_ZERO, 15),
  inst(JUMP, 24),
  // 15: n % d == 0?
  inst(LOAD, 0),
  inst(LOAD, 1),
  inst(REMAINDER),
  inst(JUMP_IF_ZERO, 28),
  // 19: d += 1
  inst(LOAD, 1),
  inst(PUSH, 1),
  inst(ADD),
  inst(STORE, 1),
  inst(JUMP, 8),
  // 24: count += 1
  inst(LOAD, 2),
  inst(PUSH, 1),
  inst(ADD),
  inst(STORE, 2),
  // 28: n += 1
  inst(LOAD, 0),
  inst(PUSH, 1),
  inst(ADD),
  inst(STORE, 0),
  inst(JUMP, 2),
  // 33
  inst(STOP),
];

// Runs until STOP; gives how many instructions that took.
function run(slots) {
  const stack = new Array(16).fill(0);
  let top = 0;
  let at = 0;
  for (let steps = 1; ; steps++) {
    const { op, operand } = code[at++];
    switch (op) {
      case PUSH:
        stack[top++] = operand;
        break;
      case LOAD:
        stack[top++] = slots[operand];
        break;
      case STORE:
        slots[operand] = stack[--top];
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
        stack[top - 1] = stack[top - 1] < stack[top] ? 1 : 0;
        break;
      case JUMP_IF_ZERO:
        if (stack[--top] === 0) at = operand;
        break;
      case JUMP:
        at = operand;
        break;
      default:
        return steps;
    }
  }
}

const slots = [0, 0, 0];
const steps = run(slots);
console.log(slots[2], steps);
