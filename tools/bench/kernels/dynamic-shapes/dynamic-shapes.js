const SIZE = 12000; // size

class Circle {
  constructor(radius) {
    this.name = 'circle';
    this.radius = radius;
  }

  area() {
    return 3 * this.radius * this.radius;
  }

  grow(by) {
    this.radius += by;
  }
}

class Box {
  constructor(width, height) {
    this.name = 'box';
    this.width = width;
    this.height = height;
  }

  area() {
    return this.width * this.height;
  }

  grow(by) {
    this.width += by;
    this.height += by;
  }
}

class Square {
  constructor(side) {
    this.name = 'square';
    this.side = side;
  }

  area() {
    return this.side * this.side;
  }

  grow(by) {
    this.side += by;
  }
}

const describe = (shape) => shape.name.length;

const shapes = [];
for (let i = 0; i < 100; i++) {
  const size = i % 10;
  if (i % 3 === 0) shapes.push(new Circle(size));
  else if (i % 3 === 1) shapes.push(new Box(size, 2));
  else shapes.push(new Square(size));
}
let area = 0;
let letters = 0;
for (let round = 0; round < SIZE; round++) {
  const by = round % 2 === 0 ? 0.125 : -0.125;
  for (const shape of shapes) {
    shape.grow(by);
    area += shape.area();
    letters += describe(shape);
  }
}
console.log(Math.floor(area * 8), letters);
