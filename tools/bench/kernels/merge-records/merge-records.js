const SIZE = 90000; // size

function sortedBy(people, before) {
  if (people.length < 2) return people;
  const middle = people.length >> 1;
  const left = sortedBy(people.slice(0, middle), before);
  const right = sortedBy(people.slice(middle), before);
  const result = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    if (before(right[j], left[i])) result.push(right[j++]);
    else result.push(left[i++]);
  }
  while (i < left.length) result.push(left[i++]);
  while (j < right.length) result.push(right[j++]);
  return result;
}

function checksum(people) {
  let sum = 0;
  for (const person of people) sum = (sum * 31 + person.id) % 1000000007;
  return sum;
}

const people = [];
let seed = 42;
for (let id = 0; id < SIZE; id++) {
  seed = (seed * 16807) % 2147483647;
  people.push({ id, age: seed % 90, score: seed / 2147483647 });
}
const byAge = sortedBy(people, (a, b) => a.age < b.age);
const byScore = sortedBy(people, (a, b) => a.score > b.score);
const both = sortedBy(byScore, (a, b) => a.age < b.age);
console.log(checksum(byAge), checksum(byScore), checksum(both));
