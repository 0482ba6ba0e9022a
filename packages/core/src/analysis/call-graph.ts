/**
 * Who calls whom: functions in an order in which callees come before their callers, and the groups that call each other.
 *
 * Making a function value counts as calling it, because the call may become a direct one. Groups are the strongly connected components of Tarjan's
 * algorithm ("Depth-first search and linear graph algorithms", 1972), walked without recursion.
 */
import type { FuncId, IrProgram } from '../ir/ir.ts';
import { type ContentsOf, namedFunc } from './contents.ts';

export interface CallGraph {
  /** Callees first. */
  readonly order: readonly FuncId[];
  /** By function: the number of its group. */
  readonly group: Int32Array;
  /** By function: 1 if it can reach itself. */
  readonly recursive: Uint8Array;
  /** By function: how many direct calls name it. */
  readonly calls: Int32Array;
  /** By function: 1 if it is called in other ways too: as a value, as a method found by name, by the machine. */
  readonly escapes: Uint8Array;
}

export function callGraphOf(program: IrProgram, contents: ContentsOf): CallGraph {
  const count = program.funcs.size;
  const calls = new Int32Array(count);
  const escapes = new Uint8Array(count);
  const recursive = new Uint8Array(count);
  const callees: FuncId[][] = [];
  for (const func of program.funcs.values()) {
    const list = new Set<FuncId>();
    for (const name of contents(func).named) {
      const callee = namedFunc(name);
      if (name >= 0) calls[callee] = (calls[callee] as number) + 1;
      else escapes[callee] = 1;
      if (callee === func.id) recursive[callee] = 1;
      list.add(callee);
    }
    callees.push([...list]);
  }
  for (const { init } of program.modules) escapes[init] = 1;
  if (program.main !== null) escapes[program.main] = 1;
  for (const type of program.types) if (type.kind === 'struct') for (const { func } of type.methods) escapes[func] = 1;
  return { ...components(callees, recursive), recursive, calls, escapes };
}

function components(callees: readonly (readonly FuncId[])[], recursive: Uint8Array) {
  const count = callees.length;
  const order: FuncId[] = [];
  const group = new Int32Array(count).fill(-1);
  const index = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const cursor = new Int32Array(count);
  const members: FuncId[] = [];
  const path: FuncId[] = [];
  let next = 0;
  let groups = 0;
  const enter = (id: FuncId): void => {
    index[id] = next;
    low[id] = next;
    next += 1;
    members.push(id);
    path.push(id);
  };
  const lower = (id: FuncId, to: number): void => {
    low[id] = Math.min(low[id] as number, to);
  };
  for (let start = 0; start < count; start++) {
    if (index[start] !== -1) continue;
    enter(start as FuncId);
    for (let id = path.at(-1); id !== undefined; id = path.at(-1)) {
      const at = cursor[id] as number;
      const callee = callees[id]?.[at];
      if (callee !== undefined) {
        cursor[id] = at + 1;
        if (index[callee] === -1) enter(callee);
        else if (group[callee] === -1) lower(id, index[callee] as number);
        continue;
      }
      path.pop();
      const caller = path.at(-1);
      if (caller !== undefined) lower(caller, low[id] as number);
      if (low[id] !== index[id]) continue;
      const first = members.lastIndexOf(id);
      const some = members.splice(first);
      for (const member of some.reverse()) {
        group[member] = groups;
        if (some.length > 1) recursive[member] = 1;
        order.push(member);
      }
      groups += 1;
    }
  }
  return { order, group };
}
