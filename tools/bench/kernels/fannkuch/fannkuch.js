const SIZE = 10; // size

function fannkuch() {
  const numbers = Array.from({ length: SIZE }, (_, i) => i);
  const flipped = new Array(SIZE).fill(0);
  const count = new Array(SIZE).fill(0);
  let most = 0;
  let checksum = 0;
  let even = true;
  let left = SIZE;
  for (;;) {
    for (; left !== 1; left--) count[left - 1] = left;

    if (numbers[0] !== 0) {
      for (let i = 0; i < SIZE; i++) flipped[i] = numbers[i];
      let flips = 0;
      for (let first = flipped[0]; first !== 0; first = flipped[0]) {
        for (let i = 0, j = first; i < j; i++, j--) {
          const item = flipped[i];
          flipped[i] = flipped[j];
          flipped[j] = item;
        }
        flips++;
      }
      most = Math.max(most, flips);
      checksum += even ? flips : -flips;
    }

    // the next permutation
    for (;;) {
      if (left === SIZE) return [checksum, most];
      const moved = numbers[0];
      for (let i = 0; i < left; i++) numbers[i] = numbers[i + 1];
      numbers[left] = moved;
      count[left]--;
      if (count[left] > 0) break;
      left++;
    }
    even = !even;
  }
}

console.log(...fannkuch());
