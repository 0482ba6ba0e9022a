const SIZE = 1200; // size
const LENGTH = 2000;

class Cons {
  constructor(head, tail) {
    this.head = head;
    this.tail = tail;
  }
}

function upto(n) {
  let list = null;
  for (let i = n; i > 0; i--) list = new Cons(i, list);
  return list;
}

function reversed(list) {
  let result = null;
  for (let rest = list; rest !== null; rest = rest.tail) result = new Cons(rest.head, result);
  return result;
}

function scaled(list, factor) {
  return list === null ? null : new Cons(list.head * factor, scaled(list.tail, factor));
}

function odd(list) {
  if (list === null) return null;
  return list.head % 2 === 1 ? new Cons(list.head, odd(list.tail)) : odd(list.tail);
}

function sum(list) {
  let total = 0;
  for (let rest = list; rest !== null; rest = rest.tail) total += rest.head;
  return total;
}

let total = 0;
for (let i = 0; i < SIZE; i++) {
  const list = upto(LENGTH);
  total += sum(scaled(odd(reversed(list)), i));
}
console.log(total);
