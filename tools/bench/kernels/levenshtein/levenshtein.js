const SIZE = 70; // size

function distance(a, b) {
  let before = [];
  for (let j = 0; j <= b.length; j++) before.push(j);
  let row = new Array(b.length + 1).fill(0);
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    const c = a[i - 1];
    for (let j = 1; j <= b.length; j++) {
      let best = c === b[j - 1] ? before[j - 1] : before[j - 1] + 1;
      if (before[j] + 1 < best) best = before[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      row[j] = best;
    }
    [before, row] = [row, before];
  }
  return before[b.length];
}

const alphabet = 'abcdefghij';
const words = [];
let seed = 42;
for (let i = 0; i < SIZE; i++) {
  let word = '';
  for (let j = 0; j < 40; j++) {
    seed = (seed * 16807) % 2147483647;
    word += alphabet[seed % 10];
  }
  words.push(word);
}
let sum = 0;
for (const a of words) {
  for (const b of words) sum += distance(a, b);
}
console.log(sum);
