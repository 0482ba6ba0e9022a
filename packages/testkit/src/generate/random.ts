/**
 * A small seeded random source: the same seed gives the same choices on every host.
 *
 * The generator is mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough to choose from grammars.
 */
export interface Random {
  /** 0 … n-1. */
  below(n: number): number;
  /** Both ends included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** One of the values, each as likely as the weight before it says; zero never. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T;
  shuffled<T>(list: readonly T[]): T[];
  /** A source of its own, so that what is drawn from it does not move the choices of this one. */
  fork(): Random;
}

export function seededRandom(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  const below = (n: number): number => Math.floor((next() / 2 ** 32) * n);
  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => next() / 2 ** 32 < probability,
    pick(list) {
      const at = below(list.length);
      if (list.length === 0) throw new Error('nothing to pick from');
      return list[at] as (typeof list)[number];
    },
    weighted(choices) {
      let rest = below(choices.reduce((sum, [weight]) => sum + weight, 0));
      for (const [weight, value] of choices) {
        if (rest < weight) return value;
        rest -= weight;
      }
      throw new Error('nothing to choose from');
    },
    shuffled(list) {
      const left = [...list];
      const result: typeof left = [];
      while (left.length > 0) result.push(...left.splice(below(left.length), 1));
      return result;
    },
    fork: () => seededRandom(next()),
  };
}
