/** Parses one Orus source file into its syntax tree. */
import { Bug } from '../../base/bug.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { SourceFile } from '../../base/source.ts';
import type { Edition } from './edition.ts';
import type { Module } from './syntax.ts';

export interface Parsed {
  readonly module: Module;
  /** In source order. If there is none, the tree has no `error` node. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses a whole file. Never throws for what is in the file; `module.edition` is the edition that applies. */
export function parse(file: SourceFile, edition: Edition): Parsed {
  throw new Bug(`parse ${file.path} (${edition.name})`);
}
