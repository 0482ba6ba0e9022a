/**
 * The front end of Orus: from source text to diagnostics and the typed tree.
 */
import { Bug } from '../../base/bug.ts';
import { compareDiagnostics, type Diagnostic } from '../../base/diagnostic.ts';
import { IdMap } from '../../base/id-map.ts';
import { type FileId, lineStarts, lineIndexAt, type SourceFile } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { checkModule } from './check-module.ts';
import type { Build, SessionBuild } from './context.ts';
import { DEFAULT_EDITION, type Edition, editionNamed } from './edition.ts';
import { loadModules, type LoadedModule, type ModuleLoader } from './modules.ts';
import type { EnumInfo, Exports } from './symbols.ts';

export interface FrontOptions {
  /** The name of the edition of files that do not name their own; the default is the newest. */
  readonly edition?: string;
  readonly loader: ModuleLoader;
}

export interface FrontResult {
  /** In source order. */
  readonly diagnostics: readonly Diagnostic[];
  readonly files: IdMap<FileId, SourceFile>;
  /** Null if there are errors. */
  readonly program: hir.Program | null;
}

/** Checks an entry file and the modules it uses. Errors are in the result; nothing is thrown for what the source says. */
export function checkProgram(
  entry: { readonly path: string; readonly text: string },
  options: FrontOptions,
): FrontResult {
  const build = newBuild();
  const loaded = loadModules(entry, chosenEdition(options.edition), options.loader, build.files);
  const exportsOf = new Map<LoadedModule, Exports>();
  const last = loaded.modules.at(-1);
  for (const module of loaded.modules) exportsOf.set(module, checkModule(build, module, exportsOf, module === last));
  const diagnostics = [...loaded.diagnostics, ...independent(build, loaded.diagnostics)].sort(compareDiagnostics);
  const failed = diagnostics.some((diagnostic) => diagnostic.severity === 'error');
  return { diagnostics, files: build.files, program: failed ? null : programOf(build) };
}

/**
 * What the checker reported, without what stands on a line that was not read correctly: there it says little more than that the
 * line is broken.
 */
export function independent(build: Build, syntactic: readonly Diagnostic[]): readonly Diagnostic[] {
  if (syntactic.length === 0) return build.diagnostics;
  const starts = new Map<FileId, readonly number[]>();
  const place = ({ primary: { span } }: Diagnostic): string => {
    const { text } = build.files.get(span.file);
    const lines = starts.get(span.file) ?? lineStarts(text);
    starts.set(span.file, lines);
    return `${span.file}:${lineIndexAt(lines, span.start)}`;
  };
  const broken = new Set(syntactic.map(place));
  return build.diagnostics.filter((diagnostic) => !broken.has(place(diagnostic)));
}

export function chosenEdition(name: string | undefined): Edition {
  if (name === undefined) return DEFAULT_EDITION;
  const edition = editionNamed(name);
  if (edition === undefined) throw new Bug(`no edition ${name}`);
  return edition;
}

/** An empty program; `session` if it is that of a session. */
export function newBuild(session: SessionBuild | null = null): Build {
  const types = new IdMap<hir.TypeId, hir.TypeDef>();
  const typeInfos: Build['typeInfos'] = new IdMap();
  const info: EnumInfo = {
    kind: 'enum',
    name: 'Result',
    span: null,
    variants: [
      { name: 'Ok', span: null, payload: [{ name: 'value', ty: hir.ANY }] },
      { name: 'Err', span: null, payload: [{ name: 'message', ty: hir.STRING }] },
    ],
    variantIndex: new Map([
      ['Ok', 0],
      ['Err', 1],
    ]),
  };
  const variants: hir.VariantDef[] = [
    { name: 'Ok', payload: [{ name: 'value', type: hir.ANY }] },
    { name: 'Err', payload: [{ name: 'message', type: hir.STRING }] },
  ];
  const id = types.add({ kind: 'enum', name: 'Result', variants });
  typeInfos.add(info);
  return {
    files: new IdMap(),
    types,
    typeInfos,
    locals: new IdMap(),
    globals: new IdMap(),
    funcs: new IdMap(),
    modules: [],
    diagnostics: [],
    result: { kind: 'type', name: 'Result', span: null, id },
    labels: 0,
    main: null,
    session,
  };
}

function programOf(build: Build): hir.Program {
  const { files, types, locals, globals, funcs, modules, main } = build;
  return { files, types, locals, globals, funcs, modules, main };
}
