/**
 * The chunks of the command-line program: which modules are in each, and how they find one another. `tools/build.mjs` makes them.
 */

/**
 * The program's chunks; a module is in the first that names it (names are regular expressions in which `*` stands for any letters). Chunks `later-...` are read when something in
 * them is first used (packages/cli/src/load.ts); the sources do not know about them. docs/decisions/0005-start.md says what is where.
 */
export const cliChunks = [
  {
    // every invocation
    name: 'orus',
    'cli/src': 'main arguments command-table exit-status terminal file-descriptors line-reader version',
  },
  {
    // programs with mistakes
    name: 'later-mistakes',
    'cli/src': 'reporting',
    'core/src/base': 'render-diagnostics suggest',
    'core/src/engine/vm': 'trace',
    'core/src/lang/orus':
      'messages* message-entry habits foreign-text later-names lexer-mistakes parser-habits parser-missing parser-recovery parser-foreign-values',
    'core/src/lang/orus/plain': 'parser-habits parser-missing parser-recovery parser-foreign-values',
  },
  {
    // looking inside
    name: 'later-inspection',
    'cli/src': 'stats',
    'core/src/codegen': 'check-allocation',
    'core/src/hir': 'print verify*',
    'core/src/ir': 'print verify parse',
    'core/src/runtime': 'heap-checker',
  },
  {
    // the machine as text; its bytes lie beside the program
    name: 'later-machine',
    'core/src/engine/interp': 'machine-bytes built-in-machine',
    'core/src/runtime': 'core-bytes',
  },
  {
    // programs that get hot
    name: 'later-tiers',
    'cli/src': 'kept-units host-compiler',
    'core/src/engine/jit': 'kept-units link-unit linkage live-code source-line tiers typed-forms',
    'core/src/runtime': 'core-exports',
    'core/src/wasm': 'types',
  },
  {
    // programs whose machine code is not kept
    name: 'later-jit',
    'core/src/engine': 'plain-emitter',
    'core/src/engine/jit': '(?!(?:jit|sampler|tuning|metering|report|print-units)\\.)*',
    'core/src/isa': 'definition families emitter',
    'core/src/isa/ops': '*',
    'core/src/wasm': '(?!print\\.)*',
  },
  {
    // deep nesting
    name: 'later-nesting',
    'core/src/lang/orus':
      'parser-bindings parser-brackets parser-control parser-declarations parser-expressions parser-layout parser-match parser-stack parser-statements parser-types',
  },
  {
    // most programs, not the shortest: variables, functions, types, control flow
    name: 'later-features',
    'core/src/lang/orus':
      'assignable check-assign check-builtin check-call check-data check-declare check-match check-member check-operator check-types collect flexible function-use imports match-patterns names number-literal places temporaries type-names unify',
    'core/src/lang/orus/plain': 'parser-bindings parser-control parser-declarations parser-match parser-types',
    'core/src/analysis': 'liveness uses value-ranges',
    'core/src/codegen': 'test-select',
    'core/src/ir': 'copy',
    'core/src/opt': 'emitter inline-body loop-entries',
    'core/src/engine/vm': 'growing guest-string',
  },
  {
    // what every second program comes to: values of unknown types, iterators, objects that become variables, many values alive
    name: 'later-seldom',
    'core/src/analysis': 'fresh-arrays narrowing program-types type-graph',
    'core/src/codegen': 'live-far',
    'core/src/lang/orus': 'check-destructure',
    'core/src/opt':
      'boxed-loops case-blocks exit-arguments field-variables function-types iteration loop-copy loop-guesses loop-versions method-calls object-families object-shapes object-splitting raw-signatures result-parts type-labels type-news unrolled-loops unswitched-loops',
  },
  {
    // programs, wherever they come from
    name: 'program',
    'cli/src':
      'commands/run program program-cache machine hosts interruptible limits module-files source-files program-folder user-paths',
    'core/src/base': '*',
    'core/src/isa': 'program',
    includeDependenciesRecursively: true,
  },
  {
    // programs that are kept
    name: 'bytecode',
    'core/src/isa/file': '*',
  },
  {
    // programs that were kept
    name: 'verifier',
    'cli/src': 'bytecode-program',
    'core/src/isa/verify': '*',
  },
  {
    // programs from sources, with all that is not named before
    name: 'compiler',
    'cli/src': 'source-program',
    includeDependenciesRecursively: true,
  },
].map(chunkGroup);

/** What rolldown calls a group. */
function chunkGroup({ name, includeDependenciesRecursively = false, ...folders }, index, { length }) {
  const files = Object.entries(folders).flatMap(([folder, names]) =>
    names.split(' ').map((file) => `${folder}/${file}`),
  );
  const pattern = files.map((file) => file.replaceAll('*', '[^/]*')).join('|');
  return {
    name,
    test: new RegExp(`/packages/(?:${pattern})\\.ts$`),
    includeDependenciesRecursively,
    priority: length - index,
  };
}

const GETTER =
  /Object\.defineProperty\(exports,"([\w$]+)",\{enumerable:true,get:function\(\)\{return ([\w$]+)\}\}\);?/g;
const IMPORT = /const ([\w$]+)=require\("\.\/(?!later-)[\w.-]+"\);/g;

/**
 * Links a chunk in fewer steps than the bundler, for which an export is a function that reads a variable, in case its value changes.
 * None does once a chunk has run. So exports become plain properties, and what is imported becomes constants, except from chunks
 * that are not to be read yet.
 */
export function linkChunk(code) {
  const own = [];
  let text = code.replace(GETTER, (_, name, value) => {
    own.push(`${name}:${value}`);
    return '';
  });
  for (const [statement, chunk] of code.matchAll(IMPORT)) {
    const names = new Set();
    const uses = text.replace(statement, '').replace(new RegExp(`\\b${chunk}\\.([\\w$]+)`, 'g'), (_, name) => {
      names.add(name);
      return `${chunk}_${name}`;
    });
    const constants = [...names].map((name) => `${name}:${chunk}_${name}`);
    text = `${statement.replace(chunk, `{${constants.join()}}`)}${uses}`;
  }
  return own.length === 0 ? text : `${text}module.exports={${own.join()}};`;
}
