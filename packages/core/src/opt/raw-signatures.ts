/**
 * Functions that take and give raw values where they took and gave words, and the calls of them.
 *
 *     f(p: any) -> any:  ... ret r        ->     f(q: i64) -> i64:  p = box.i64 q  ...  s = unbox.i64 r;  ret s
 *     v = call f, x                       ->     y = unbox.i64 x;  w = call f, y;  v = box.i64 w
 *
 * `boxes` then takes away what is boxed and unboxed again.
 */
import { rawKind } from '../analysis/dynamic-types.ts';
import { TYPE_CODES, type TypeCode } from '../base/kinds.ts';
import { canThrow } from '../ir/effects.ts';
import { copyEdge, newInst } from '../ir/edit.ts';
import type { Block, Func, Inst, Kind, Signature, ValueId } from '../ir/ir.ts';
import type { OpName } from '../ir/ops.ts';
import type { Signatures } from './signatures.ts';

/** What becomes raw: by parameter its type, or -1 where it stays as it is; likewise the result's. */
export interface RawTypes {
  readonly params: readonly number[];
  readonly result: number;
}

/** A function's parts that say what it takes and gives. */
export function rawHeader(
  { params, result, sig }: Pick<Func, 'params' | 'result' | 'sig'>,
  types: RawTypes,
  signatures: Signatures,
): Pick<Func, 'params' | 'result' | 'sig'> {
  return {
    params: params.map((kind, i) => rawKind(types.params[i] ?? -1) ?? kind),
    result: rawKind(types.result) ?? result,
    sig: signatures.of(rawSignature(signatures.get(sig), types)),
  };
}

export function rawSignature({ params, result }: Signature, types: RawTypes): Signature {
  return {
    params: params.map((code, i) => (types.params[i] === -1 ? code : (types.params[i] as TypeCode))),
    result: types.result === -1 ? result : (types.result as TypeCode),
  };
}

/** Makes the body of a function take and give what its header says. */
export function rawBody(func: Func, { params, result }: RawTypes): void {
  boxParams(func, params);
  if (result !== -1) for (const block of func.blocks.values()) unboxResult(func, block, result);
}

/** Passes to one call what its callee takes now. What stands in the place of the call is appended to `out`. */
export function rawCall(func: Func, inst: Inst, types: RawTypes, out: Inst[]): void {
  const before = inst.args.length - types.params.length;
  inst.args = inst.args.map((arg, i) => {
    const code = types.params[i - before] ?? -1;
    return code === -1 ? arg : unboxed(func, inst, arg, code, out);
  });
  out.push(inst);
  if (types.result === -1 || inst.result === null) return;
  const word = inst.result;
  inst.result = func.values.add(rawKind(types.result) as Kind);
  boxInto(func, inst, inst.result, word, types.result, out);
}

/** A word of known type unboxed. */
export function unboxed(func: Func, like: Place, word: ValueId, code: number, out: Inst[]): ValueId {
  const kind = rawKind(code) as Kind;
  const inst = newInst(func, like, `unbox.${kind}` as OpName, [word], immOf('unbox', code), kind);
  out.push(inst);
  return inst.result as ValueId;
}

/** Makes a value that is there already of a raw one. */
export function boxInto(
  func: Func,
  like: Place & Partial<Pick<Inst, 'exc'>>,
  raw: ValueId,
  word: ValueId,
  code: number,
  out: Inst[],
): void {
  const box = newInst(func, like, `box.${rawKind(code) as Kind}` as OpName, [raw], immOf('box', code), null);
  box.result = word;
  if (like.exc && canThrow(box)) box.exc = copyEdge(like.exc);
  out.push(box);
}

type Place = Pick<Inst, 'span' | 'inlined'>;

function placeOf(span: Inst['span']): Place {
  return { span, inlined: [] };
}

function immOf(op: 'box' | 'unbox', code: number): number | null {
  if (code === TYPE_CODES.f64) return null;
  return op === 'box' && rawKind(code) === 'ref' ? null : code;
}

/** Parameters of known type come raw; the words that the body works with are made behind the entry's poll. */
function boxParams(func: Func, codes: readonly number[]): void {
  const entry = func.blocks.get(func.entry) as Block;
  const boxes: Inst[] = [];
  entry.params = entry.params.map((param, i) => {
    const code = codes[i] ?? -1;
    if (code === -1) return param;
    const raw = func.values.add(rawKind(code) as Kind);
    boxInto(func, placeOf(func.span), raw, param, code, boxes);
    return raw;
  });
  const behind = entry.insts[0]?.op === 'poll' ? 1 : 0;
  entry.insts.splice(behind, 0, ...boxes);
}

function unboxResult(func: Func, block: Block, code: number): void {
  const { term } = block;
  if (term.kind !== 'ret' || term.value === null) return;
  const value = unboxed(func, placeOf(term.span), term.value, code, block.insts);
  block.term = { kind: 'ret', value, span: term.span };
}
