const SIZE = 300000; // size

class Body {
  constructor(f) {
    this.x = f;
    this.y = 0.5 * f - 1;
    this.z = 1 - 0.25 * f;
    this.vx = 0.1 * f;
    this.vy = 0.2;
    this.vz = 0.1 - 0.05 * f;
    this.mass = 1 + 0.3 * f;
  }

  pull(other, dt) {
    const dx = this.x - other.x;
    const dy = this.y - other.y;
    const dz = this.z - other.z;
    const distance = dx * dx + dy * dy + dz * dz + 0.05;
    const strength = dt / (distance * distance);
    const mine = this.mass * strength;
    const theirs = other.mass * strength;
    this.vx -= dx * theirs;
    this.vy -= dy * theirs;
    this.vz -= dz * theirs;
    other.vx += dx * mine;
    other.vy += dy * mine;
    other.vz += dz * mine;
  }

  move(dt) {
    this.x += dt * this.vx;
    this.y += dt * this.vy;
    this.z += dt * this.vz;
  }
}

function energy(bodies) {
  let sum = 0;
  for (const b of bodies) sum += 0.5 * b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz);
  return sum;
}

const bodies = [];
for (let i = 0; i < 5; i++) bodies.push(new Body(i));
for (let step = 0; step < SIZE; step++) {
  for (let i = 0; i < bodies.length; i++) {
    for (let j = i + 1; j < bodies.length; j++) bodies[i].pull(bodies[j], 0.001);
  }
  for (const b of bodies) b.move(0.001);
}
console.log(Math.floor(energy(bodies) * 1e9));
