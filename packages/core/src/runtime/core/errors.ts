// Errors: objects of the fixed messages, and messages that name what was found.
import { allocate, allocateAlways, outOfMemory } from './alloc';
import {
  CODE_ERROR, CODE_FUNC, ERROR_TYPE, LAYOUT_ERROR, PENDING_ERROR, R_ERROR, R_PENDING, R_TRAP_ERRORS, R_TRAP_MESSAGES, TRAP_KINDS,
  TRAP_OUT_OF_MEMORY,
} from './layout';
import { arityOf, codeOf, header, labelOf, labelOfCode } from './objects';
import { digitsOf } from './strings';
import { putTemplate, textBegin, textDrop, textTake } from './text';
import { T_arity, T_expected, T_otherArity } from './texts';
import { failed, reg, setReg } from './vm';

/** Makes an error pending: kind by position in TRAP_KIND_NAMES, message a string. */
export function raise(kind: u32, message: u32): void {
  const error = allocate(16, header(LAYOUT_ERROR, CODE_ERROR), kind);
  if (error == 0) return;
  store<u64>(error, <u64>message, 8);
  setReg(R_ERROR, error);
  setReg(R_PENDING, PENDING_ERROR);
}

/** Makes one of the errors with a fixed message pending. */
export function trap(position: u32): void {
  if (position == TRAP_OUT_OF_MEMORY) {
    outOfMemory();
    return;
  }
  const ready = load<u32>(reg(R_TRAP_ERRORS) + (position << 2));
  if (ready != 0) {
    setReg(R_ERROR, ready);
    setReg(R_PENDING, PENDING_ERROR);
    return;
  }
  raise(<u32>load<u8>(TRAP_KINDS + position), load<u32>(reg(R_TRAP_MESSAGES) + (position << 2)));
}

/** The error object of a trap; never asks for a collection. */
export function trap_error(position: u32): u32 {
  const ready = load<u32>(reg(R_TRAP_ERRORS) + (position << 2));
  if (ready != 0) return ready;
  const error = allocateAlways(16, header(LAYOUT_ERROR, CODE_ERROR), <u32>load<u8>(TRAP_KINDS + position));
  if (error == 0) return load<u32>(reg(R_TRAP_ERRORS) + (TRAP_OUT_OF_MEMORY << 2));
  store<u64>(error, <u64>load<u32>(reg(R_TRAP_MESSAGES) + (position << 2)), 8);
  return error;
}

/** An error whose message is a template with up to three strings put in (0 where there is none). */
export function raiseTemplate(kind: u32, template: usize, first: u32, second: u32, third: u32): void {
  textBegin();
  putTemplate(template, first, second, third);
  raiseText(kind);
}

/** An error whose message is the text made since `textBegin`. */
export function raiseText(kind: u32): void {
  if (failed()) {
    textDrop();
    return;
  }
  const message = textTake();
  if (message != 0) raise(kind, message);
}

/** A type error about a value. */
export function raiseFound(template: usize, word: u64): void {
  raiseTemplate(ERROR_TYPE, template, labelOf(word), 0, 0);
}

/** A type error about a value that is not of the type where it must be; a function only has another number of parameters. */
export function raiseExpected(code: u32, word: u64): void {
  if (code != CODE_FUNC || codeOf(word) != CODE_FUNC) {
    raiseTemplate(ERROR_TYPE, T_expected, labelOfCode(code), labelOf(word), 0);
    return;
  }
  const found = digitsOf(<u64>arityOf(<u32>word));
  if (found != 0) raiseTemplate(ERROR_TYPE, T_otherArity, found, 0, 0);
}

/** The same where the types of both are known. */
export function raiseExpectedCode(code: u32, found: u32): void {
  raiseTemplate(ERROR_TYPE, T_expected, labelOfCode(code), labelOfCode(found), 0);
}

/** A function of `expected` parameters was given `found` arguments. */
export function raiseArity(expected: u32, found: u32): void {
  const first = digitsOf(<u64>expected);
  if (first == 0) return;
  const second = digitsOf(<u64>found);
  if (second == 0) return;
  raiseTemplate(ERROR_TYPE, T_arity, first, second, 0);
}
