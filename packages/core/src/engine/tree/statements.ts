/**
 * Statements. Each becomes a closure that gives a completion code: `NORMAL`, `RETURN` (the value is in the frame), or the
 * code of a loop to leave or to continue.
 *
 * Expressions cannot give completion codes, so a block expression that leaves its statement throws a `Jump`, which that
 * statement catches; only statements that contain such a block pay for it.
 */
import { unreachable } from '../../base/bug.ts';
import type { Stmt } from '../../hir/hir.ts';
import { bytesOfText } from './bytes.ts';
import type { Bools, Context, Exec } from './context.ts';
import { bools, breakCode, continueCode, NORMAL, RETURN } from './context.ts';
import { bindLocal } from './data.ts';
import { GuestError, Jump, raise } from './errors.ts';
import { forEachStmt, forRangeStmt, whileStmt } from './loops.ts';
import { printStmt } from './print.ts';
import { Cell, RESULT } from './value.ts';

type Of<Kind extends Stmt['kind']> = Extract<Stmt, { kind: Kind }>;

export function translateStmts(cx: Context, stmts: readonly Stmt[]): Exec {
  const parts: Exec[] = [];
  // A loop rather than `map`: two native frames fewer for each level of nesting.
  for (const stmt of stmts) parts.push(translateStmt(cx, stmt));
  const [first, second, third] = parts;
  if (first === undefined) return () => NORMAL;
  if (second === undefined) return first;
  if (third === undefined) {
    return (frame) => {
      const code = first(frame);
      return code === NORMAL ? second(frame) : code;
    };
  }
  if (parts.length === 3) {
    return (frame) => {
      let code = first(frame);
      if (code === NORMAL) code = second(frame);
      return code === NORMAL ? third(frame) : code;
    };
  }
  return (frame) => {
    for (let i = 0; i < parts.length; i++) {
      const code = (parts[i] as Exec)(frame);
      if (code !== NORMAL) return code;
    }
    return NORMAL;
  };
}

function translateStmt(cx: Context, stmt: Stmt): Exec {
  const before = cx.jumps;
  const exec = plainStmt(cx, stmt);
  if (cx.jumps === before) return exec;
  cx.jumps = before;
  return (frame) => {
    try {
      return exec(frame);
    } catch (thrown) {
      if (thrown instanceof Jump) return thrown.code;
      throw thrown;
    }
  };
}

function plainStmt(cx: Context, stmt: Stmt): Exec {
  switch (stmt.kind) {
    case 'let':
      return letStmt(cx, stmt);
    case 'declare': {
      const slot = cx.slot(stmt.local);
      if (cx.inCell(stmt.local)) {
        return (frame) => {
          frame[slot] = new Cell(undefined);
          return NORMAL;
        };
      }
      return (frame) => {
        frame[slot] = undefined;
        return NORMAL;
      };
    }
    case 'expr': {
      const value = cx.expr(stmt.expr);
      return (frame) => {
        value(frame);
        return NORMAL;
      };
    }
    case 'if':
      return ifStmt(cx, stmt);
    case 'block':
      return cx.stmts(stmt.body);
    case 'while':
      return whileStmt(cx, stmt);
    case 'forRange':
      return forRangeStmt(cx, stmt);
    case 'forEach':
      return forEachStmt(cx, stmt);
    case 'break':
    case 'continue': {
      cx.exits++;
      const code = stmt.kind === 'break' ? breakCode(stmt.label) : continueCode(stmt.label);
      return () => code;
    }
    case 'return':
      return returnStmt(cx, stmt);
    case 'try':
      return tryStmt(cx, stmt);
    case 'raise': {
      const site = cx.site(stmt.span);
      const message = bytesOfText(stmt.message);
      return () => raise(stmt.trap, message, site);
    }
    case 'print':
      return printStmt(cx, stmt);
    default:
      return unreachable(stmt, 'statement');
  }
}

function letStmt(cx: Context, stmt: Of<'let'>): Exec {
  const init = cx.expr(stmt.init);
  const slot = cx.slot(stmt.local);
  if (cx.inCell(stmt.local)) {
    return (frame) => {
      frame[slot] = new Cell(init(frame));
      return NORMAL;
    };
  }
  return (frame) => {
    frame[slot] = init(frame);
    return NORMAL;
  };
}

/** A chain of alternatives nests in `else` as deep as it is long; here it becomes a list. */
function ifStmt(cx: Context, stmt: Of<'if'>): Exec {
  const conds: Bools[] = [];
  const branches: Exec[] = [];
  let last: readonly Stmt[] = [stmt];
  for (let at: Stmt | undefined = stmt; at?.kind === 'if'; at = last.length === 1 ? last[0] : undefined) {
    conds.push(bools(cx, at.cond));
    branches.push(cx.stmts(at.then));
    last = at.else;
  }
  const [cond] = conds;
  const [then] = branches;
  const otherwise = last.length === 0 ? null : cx.stmts(last);
  if (cond !== undefined && then !== undefined && conds.length === 1) {
    if (otherwise === null) return (frame) => (cond(frame) ? then(frame) : NORMAL);
    return (frame) => (cond(frame) ? then(frame) : otherwise(frame));
  }
  return (frame) => {
    for (let i = 0; i < conds.length; i++) {
      if ((conds[i] as Bools)(frame)) return (branches[i] as Exec)(frame);
    }
    return otherwise === null ? NORMAL : otherwise(frame);
  };
}

function returnStmt(cx: Context, stmt: Of<'return'>): Exec {
  cx.exits++;
  if (stmt.value === null) {
    return (frame) => {
      frame[RESULT] = null;
      return RETURN;
    };
  }
  const value = cx.expr(stmt.value);
  return (frame) => {
    frame[RESULT] = value(frame);
    return RETURN;
  };
}

/** The handler goes on in the activation that entered the `try`, at its depth. */
function tryStmt(cx: Context, stmt: Of<'try'>): Exec {
  const { machine } = cx;
  const body = cx.stmts(stmt.body);
  const bind = stmt.error === null ? null : bindLocal(cx, stmt.error);
  const handler = cx.stmts(stmt.handler);
  return (frame) => {
    const { depth } = machine;
    try {
      return body(frame);
    } catch (thrown) {
      if (!(thrown instanceof GuestError)) throw thrown;
      machine.depth = depth;
      machine.top = frame;
      if (bind !== null) bind(frame, thrown.error);
    }
    return handler(frame);
  };
}
