/**
 * Types that flow from place to place, and what lies inside of what flows.
 *
 * A node is a place that holds words or references: a value of a function, a module variable, a field. Types go along edges; on
 * each node a type is unseen, one code, or mixed. What objects have inside (elements of an array, parameters of a function) are
 * nodes too, their *parts*. Objects that can meet in one place share their parts: nodes between which there is an edge are of one
 * class, and a class has one node for each part. So types are told apart by direction (Andersen's way) and objects by
 * classes (Steensgaard, "Points-to analysis in almost linear time", POPL 1996), which costs little and is exact where it matters:
 * an array that is filled in one place and read in another.
 *
 * Elements of arrays are part 0. Parts of negative numbers are single ones of them: each is a part of its own as long as nobody asks for part 0,
 * that is, for any of them.
 *
 * An *open* class is one of which something is not known; all of its parts are mixed, and open themselves.
 */
export type Node = number;

export const UNSEEN = -2;
export const MIXED = -1;

/** Of a node: mixed, and known to have seen more than one type, not just anything. */
const SEVERAL = -3;

/** Where a list of edges ends. */
const END = -1;

/**
 * What every node has lies in arrays without holes; what few nodes have, in maps. (V8 makes a dictionary of an array whose
 * indices lie far apart.)
 */
export class TypeGraph {
  readonly #code: number[] = [];
  /** By node: another one of its class, itself if it speaks for the class. */
  readonly #class: Node[] = [];
  /** By node: the first and the last of the edges along which its type goes, a list in the order in which they were added. */
  readonly #firstEdge: number[] = [];
  readonly #lastEdge: number[] = [];
  /** By edge: where it goes, and the next one of its node. */
  readonly #target: Node[] = [];
  readonly #nextEdge: number[] = [];
  /** By node that speaks for a class. */
  readonly #parts = new Map<Node, Map<number, Node>>();
  readonly #open = new Set<Node>();
  /** By node: who wants to know its type whenever that changes. */
  readonly #watchers = new Map<Node, (() => void)[]>();
  readonly #changed: Node[] = [];
  /** Nodes that had seen several types and may have any now, which is news only to where they lead. */
  readonly #unsure: Node[] = [];
  /** Pairs of nodes whose classes are to become one. */
  readonly #alike: Node[] = [];
  #joining = false;

  /** Adds nodes; gives the first. */
  add(count: number): Node {
    const first = this.#code.length;
    for (let node = first; node < first + count; node++) {
      this.#code.push(UNSEEN);
      this.#class.push(node);
      this.#firstEdge.push(END);
      this.#lastEdge.push(END);
    }
    return first;
  }

  codeOf(node: Node): number {
    const code = this.#code[node] as number;
    return code === SEVERAL ? MIXED : code;
  }

  /** Whether a node is mixed because of types that it has seen, all of which are known. */
  isSeveral(node: Node): boolean {
    return this.#code[node] === SEVERAL;
  }

  /** The code of a part, as far as there is one. */
  partCode(node: Node, slot: number): number {
    const part = this.#parts.get(this.#find(node))?.get(slot);
    return part === undefined ? UNSEEN : this.codeOf(part);
  }

  /** The code of part 0 and of all its single ones together, as far as there are any. */
  elementsCode(node: Node): number {
    let code = UNSEEN;
    for (const [slot, part] of this.#parts.get(this.#find(node)) ?? []) {
      const own = slot > 0 ? UNSEEN : this.codeOf(part);
      if (own !== UNSEEN) code = code === UNSEEN || code === own ? own : MIXED;
    }
    return code;
  }

  /** The class of a node: the same number for nodes that may hold the same object, as far as is known by now. */
  classOf(node: Node): number {
    return this.#find(node);
  }

  /** Whether nothing is known of what the objects that the node may hold have inside. */
  isOpen(node: Node): boolean {
    return this.#open.has(this.#find(node));
  }

  /** The node may have this type (`MIXED`: any). */
  give(node: Node, code: number): void {
    const old = this.#code[node] as number;
    if (old === code || old === MIXED || code === UNSEEN || (old === SEVERAL && code !== MIXED)) return;
    this.#code[node] = old === UNSEEN || code === MIXED ? code : SEVERAL;
    (old === SEVERAL ? this.#unsure : this.#changed).push(node);
  }

  /** What one node holds may come to another. */
  flow(from: Node, to: Node): void {
    if (from === to) return;
    const edge = this.#target.push(to) - 1;
    this.#nextEdge.push(END);
    const last = this.#lastEdge[from] as number;
    if (last === END) this.#firstEdge[from] = edge;
    else this.#nextEdge[last] = edge;
    this.#lastEdge[from] = edge;
    this.give(to, this.#code[from] as number);
    this.same(from, to);
  }

  /** Two nodes may hold the same object. */
  same(a: Node, b: Node): void {
    if (this.#find(a) === this.#find(b)) return;
    this.#alike.push(a, b);
    // Joining parts comes back here; a list, because what is nested may be nested deeply.
    if (this.#joining) return;
    this.#joining = true;
    for (let one = this.#alike.pop(); one !== undefined; one = this.#alike.pop())
      this.#join(one, this.#alike.pop() as Node);
    this.#joining = false;
  }

  #join(a: Node, b: Node): void {
    let into = this.#find(a);
    let from = this.#find(b);
    if (into === from) return;
    if ((this.#parts.get(into)?.size ?? 0) < (this.#parts.get(from)?.size ?? 0)) [into, from] = [from, into];
    this.#class[from] = into;
    const parts = this.#parts.get(from);
    if (parts !== undefined) {
      this.#parts.delete(from);
      for (const [slot, part] of parts) {
        const other = this.part(into, slot);
        this.flow(part, other);
        this.flow(other, part);
      }
    }
    if (!this.#open.has(from) && !this.#open.has(into)) return;
    this.#open.delete(into);
    this.open(into);
  }

  /** What the objects that a node may hold have inside, under a number. */
  part(node: Node, slot: number): Node {
    const root = this.#find(node);
    let parts = this.#parts.get(root);
    if (parts === undefined) this.#parts.set(root, (parts = new Map()));
    let part = parts.get(slot);
    if (part === undefined) {
      parts.set(slot, (part = this.add(1)));
      if (this.#open.has(root)) this.#exposed(part);
      if (slot <= 0) this.#linkElements(parts, slot, part);
    }
    return part;
  }

  /** A new part of those that are elements and part 0, if somebody asked for that, are the same. */
  #linkElements(parts: ReadonlyMap<number, Node>, slot: number, part: Node): void {
    for (const [other, node] of [...parts]) {
      if (slot === 0 ? other >= 0 : other !== 0) continue;
      this.flow(part, node);
      this.flow(node, part);
    }
  }

  /** Nothing is known of what the objects that the node may hold have inside. */
  open(node: Node): void {
    const open: Node[] = [node];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const root = this.#find(next);
      if (this.#open.has(root)) continue;
      this.#open.add(root);
      for (const part of this.#parts.get(root)?.values() ?? []) {
        this.give(part, MIXED);
        open.push(part);
      }
    }
  }

  /** Calls back now and whenever the type of the node changes. */
  watch(node: Node, then: () => void): void {
    const watchers = this.#watchers.get(node);
    if (watchers === undefined) this.#watchers.set(node, [then]);
    else watchers.push(then);
    then();
  }

  /** Lets types go as far as they come. */
  solve(): void {
    for (;;) {
      for (let node = this.#unsure.pop(); node !== undefined; node = this.#unsure.pop()) this.#spread(node);
      const node = this.#changed.pop();
      if (node === undefined) return;
      this.#spread(node);
      // A watcher may add watchers; those have been called.
      for (const then of this.#watchers.get(node)?.slice() ?? []) then();
    }
  }

  #spread(node: Node): void {
    const code = this.#code[node] as number;
    for (let edge = this.#firstEdge[node] as number; edge !== END; edge = this.#nextEdge[edge] as number)
      this.give(this.#target[edge] as Node, code);
  }

  #exposed(part: Node): void {
    this.give(part, MIXED);
    this.open(part);
  }

  #find(node: Node): Node {
    let root = node;
    while (this.#class[root] !== root) root = this.#class[root] as number;
    for (let at = node; at !== root; ) {
      const next = this.#class[at] as number;
      this.#class[at] = root;
      at = next;
    }
    return root;
  }
}
