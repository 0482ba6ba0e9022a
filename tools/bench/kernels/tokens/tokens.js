const SIZE = 14000; // size

const isLetter = (c) => (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c === '_';
const isDigit = (c) => c >= '0' && c <= '9';

function scan(text, counts) {
  let at = 0;
  while (at < text.length) {
    const c = text[at];
    const start = at;
    if (c === ' ' || c === '\n') {
      at++;
    } else if (isLetter(c)) {
      while (at < text.length && (isLetter(text[at]) || isDigit(text[at]))) at++;
      counts.words++;
      counts.letters += text.slice(start, at).length;
    } else if (isDigit(c)) {
      while (at < text.length && isDigit(text[at])) at++;
      counts.numbers++;
      counts.sum += Number(text.slice(start, at));
    } else {
      counts.signs++;
      at++;
    }
  }
}

const text =
  'while total_1 < 4096 { total_1 = (total_1 + 17) * step; count = count + 1; }\nif count >= 250 { report(total_1, count - 3); } else { retry(left, right, 12345678); }\n';
const counts = { words: 0, letters: 0, numbers: 0, signs: 0, sum: 0 };
for (let i = 0; i < SIZE; i++) scan(text, counts);
console.log(counts.words, counts.letters, counts.numbers, counts.signs, counts.sum);
