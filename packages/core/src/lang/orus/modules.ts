/**
 * The module graph (section 14): which files a program consists of, and in which order they run.
 *
 * Starting from the entry file, every `use` is located and its file parsed, once for each path. The order is that of execution:
 * a module comes after all that it uses, the entry file last.
 */
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { IdMap } from '../../base/id-map.ts';
import { type FileId, type SourceFile, type Span, spanJoin } from '../../base/source.ts';
import type { Edition } from './edition.ts';
import { diagnostic } from './messages.ts';
import { parse } from './parser.ts';
import type { Module, UseDecl } from './syntax.ts';

/** Finds the file of a module; `fromPath` is the file with the `use`. */
export interface ModuleLoader {
  resolve(
    dotted: readonly string[],
    fromPath: string,
  ):
    | { readonly path: string; readonly text: string }
    | { readonly tried: readonly string[] }
    | { readonly error: string };
}

export interface LoadedModule {
  /** As it was used: `geometry.solids`; of the entry file its path. */
  readonly name: string;
  readonly file: FileId;
  readonly syntax: Module;
  /** The module of each `use`; null if it could not be loaded. */
  readonly uses: Map<UseDecl, LoadedModule | null>;
}

export interface Loaded {
  /** In the order of execution. */
  readonly modules: readonly LoadedModule[];
  readonly diagnostics: Diagnostic[];
}

interface OpenModule {
  readonly module: LoadedModule;
  readonly path: string;
  /** The uses that are still to be followed. */
  readonly uses: Iterator<UseDecl, undefined>;
}

interface Graph {
  readonly edition: Edition;
  readonly loader: ModuleLoader;
  readonly files: IdMap<FileId, SourceFile>;
  readonly byPath: Map<string, LoadedModule>;
  /** Modules whose uses are being followed, outermost first. A list, and no recursion: a chain of modules may be long. */
  readonly open: OpenModule[];
  readonly done: LoadedModule[];
  readonly diagnostics: Diagnostic[];
}

export function loadModules(
  entry: { readonly path: string; readonly text: string },
  edition: Edition,
  loader: ModuleLoader,
  files: IdMap<FileId, SourceFile>,
  /** Modules that are there already, by path; those loaded now are added. */
  byPath: Map<string, LoadedModule> = new Map(),
): Loaded {
  const graph: Graph = { edition, loader, files, byPath, open: [], done: [], diagnostics: [] };
  begin(graph, entry, entry.path);
  for (let top = graph.open.at(-1); top !== undefined; top = graph.open.at(-1)) {
    const { module, path, uses } = top;
    const use = uses.next().value;
    if (use !== undefined) module.uses.set(use, follow(graph, use, path));
    else {
      graph.open.pop();
      graph.done.push(module);
    }
  }
  return { modules: graph.done, diagnostics: graph.diagnostics };
}

/** Parses a module; what it uses comes next. */
function begin(graph: Graph, source: { readonly path: string; readonly text: string }, name: string): LoadedModule {
  const id = graph.files.nextId();
  const file: SourceFile = { id, path: source.path, text: source.text };
  graph.files.add(file);
  const parsed = parse(file, graph.edition);
  graph.diagnostics.push(...parsed.diagnostics);
  const module: LoadedModule = { name, file: id, syntax: parsed.module, uses: new Map() };
  graph.byPath.set(source.path, module);
  const uses = parsed.module.statements.filter((statement) => statement.kind === 'use');
  graph.open.push({ module, path: source.path, uses: uses.values() });
  return module;
}

function follow(graph: Graph, use: UseDecl, fromPath: string): LoadedModule | null {
  const dotted = use.path.map((part) => part.text);
  const name = dotted.join('.');
  // A name that is missing was reported.
  if (dotted.includes('')) return null;
  const span = pathSpan(use);
  const found = graph.loader.resolve(dotted, fromPath);
  if (!('path' in found)) {
    const args = 'error' in found ? ({ module: name, problem: 'unreadable' } as const) : { module: name };
    graph.diagnostics.push(diagnostic('E3003', args, span, { help: whereSearched(use, found) }));
    return null;
  }
  const known = graph.byPath.get(found.path);
  if (known === undefined) return begin(graph, found, name);
  const start = graph.open.findIndex(({ module }) => module === known);
  if (start === -1) return known;
  const cycle = [...graph.open.slice(start).map(({ module }) => shortName(graph, module)), name];
  if (cycle[0] !== name) cycle[0] = name;
  graph.diagnostics.push(
    diagnostic('E3002', { cycle }, span, { help: 'move what they share to a module that both can use' }),
  );
  return null;
}

/** The entry file by the name under which it would be used. */
function shortName(graph: Graph, module: LoadedModule): string {
  if (module !== graph.open[0]?.module) return module.name;
  return (module.name.split(/[\\/]/).at(-1) ?? module.name).replace(/\.orus$/, '');
}

function whereSearched(
  { path, items }: UseDecl,
  found: { readonly tried: readonly string[] } | { readonly error: string },
): string {
  if ('error' in found) return found.error;
  const parts = path.map((part) => part.text);
  const last = parts.pop() ?? '';
  const meant = `use ${parts.join('.')}: ${last}`;
  const hint = items === null && parts.length > 0 && /^[A-Z]/.test(last) ? `; a name in a module: \`${meant}\`` : '';
  const where = found.tried.length === 0 ? 'there are no modules here' : `looked for ${found.tried.join(', ')}`;
  return `${where}${hint}`;
}

export function pathSpan(use: UseDecl): Span {
  const first = use.path[0]?.span ?? use.span;
  return spanJoin(first, use.path.at(-1)?.span ?? first);
}
