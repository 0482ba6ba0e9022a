/**
 * One process of `fuzz.mjs`: judges cases as they come, and shrinks those that fail.
 *
 * Each message is answered by one. The parent ends a worker that does not answer: then something hangs.
 */
const {
  bytecodeCase,
  Corpus,
  generatedCase,
  judge,
  judgeAgain,
  judgeLean,
  leanCase,
  modesOf,
  mutatedCase,
  reduce,
  shrinkBytecode,
} = await import(process.argv[2]);
let sources = [];
let corpus;

function run({ kind, seed, modes, lean, text, key, milliseconds }) {
  if (kind === 'sources') {
    sources = text;
    corpus = new Corpus(text);
    return {};
  }
  if (kind === 'bytecode') return bytecodeAnswer(bytecodeCase(seed, corpus));
  if (kind === 'shrink-bytecode') {
    return { text: shrinkBytecode(seed, Buffer.from(text, 'base64'), key, milliseconds) };
  }
  if (kind === 'lean') return leanCase(seed);
  const chosen = modesOf(seed, modes);
  if (kind === 'generated') return generatedCase(seed, chosen);
  if (kind === 'mutated') return mutatedCase(seed, sources, chosen);
  // Shrink: the same failure, in as few modes as show it.
  const end = Date.now() + milliseconds;
  if (lean) {
    const small = reduce(text, (each) => Date.now() < end && judgeLean(seed, each).key === key, 20_000);
    return { text: small, verdict: judgeLean(seed, small), oracle: judge(small, chosen.slice(0, 1)) };
  }
  const fails = (candidate, some) => judgeAgain(key, seed, candidate, some).key === key;
  const named = chosen.filter(({ name }) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(key));
  const few = !key.startsWith('dry') && fails(text, named) ? named : chosen;
  const small = reduce(text, (candidate) => Date.now() < end && fails(candidate, few), 20_000);
  const verdict = judgeAgain(key, seed, small, few);
  return { text: small, verdict, oracle: judge(small, chosen.slice(0, 1)) };
}

function bytecodeAnswer({ bytes, verdict }) {
  const failed = verdict.kind === 'crash';
  return { verdict, text: failed ? Buffer.from(bytes).toString('base64') : '' };
}

process.on('message', (request) => {
  let answer;
  try {
    answer = run(request);
  } catch (error) {
    answer = { text: '', verdict: { kind: 'crash', key: `generator: ${error.message}`, detail: error.stack } };
  }
  process.send({ id: request.id, ...answer });
});
process.send({ ready: true });
