const SIZE = 30000; // size
const PARTICLES = 40;

class Vec {
  constructor(x, y, z) {
    this.x = x;
    this.y = y;
    this.z = z;
  }

  plus(other) {
    return new Vec(this.x + other.x, this.y + other.y, this.z + other.z);
  }

  times(factor) {
    return new Vec(this.x * factor, this.y * factor, this.z * factor);
  }

  dot(other) {
    return this.x * other.x + this.y * other.y + this.z * other.z;
  }
}

const particles = [];
for (let i = 0; i < PARTICLES; i++) {
  particles.push({ position: new Vec(i, 1 - i, 0.5 * i), velocity: new Vec(0.1, 0.01 * i, -0.1) });
}
for (let step = 0; step < SIZE; step++) {
  for (const p of particles) {
    const pull = p.position.times(-0.01 / (1 + p.position.dot(p.position)));
    p.velocity = p.velocity.plus(pull);
    p.position = p.position.plus(p.velocity.times(0.01));
  }
}
let energy = 0;
for (const p of particles) energy += p.velocity.dot(p.velocity) + p.position.dot(p.position);
console.log(Math.floor(energy * 1e3));
