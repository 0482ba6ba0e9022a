const SIZE = 12; // size

class Board {
  constructor() {
    this.columns = new Array(SIZE).fill(false);
    this.rising = new Array(2 * SIZE).fill(false);
    this.falling = new Array(2 * SIZE + 1).fill(false);
  }

  place(row) {
    if (row === SIZE) return 1;
    let ways = 0;
    for (let column = 0; column < SIZE; column++) {
      const up = row + column;
      const down = row - column + SIZE;
      if (!(this.columns[column] || this.rising[up] || this.falling[down])) {
        this.columns[column] = true;
        this.rising[up] = true;
        this.falling[down] = true;
        ways += this.place(row + 1);
        this.columns[column] = false;
        this.rising[up] = false;
        this.falling[down] = false;
      }
    }
    return ways;
  }
}

console.log(new Board().place(0));
