/**
 * The pages of `docs/reference`, made from the tables in the source. `npm run reference` writes them; a test holds what
 * is checked in to what is made here.
 */
import { COMMANDS, GLOBAL_OPTIONS, type OptionSpec } from '@orus/cli/command-table';
import { EXIT } from '@orus/cli/exit-status';
import { optionDoc, optionSyntax } from '@orus/cli/help';
import { BUILTINS, type Effects } from '@orus/core/base/builtins';
import { OP_NAMES, opDef } from '@orus/core/ir/ops';
import { FORMAT_VERSION } from '@orus/core/isa/file/bytecode-file';
import { MAGIC } from '@orus/core/isa/file/magic';
import { SECTIONS } from '@orus/core/isa/file/sections';
import { RULES } from '@orus/core/isa/verify/rules';
import { CHECKED_FORMS } from '@orus/core/isa/verify/typing';
import type { DefinedOpcode } from '@orus/core/isa/opcode';
import { OPCODES } from '@orus/core/isa/definitions';
import { FAMILIES } from '@orus/core/isa/definitions';
import { CODES, explain, MESSAGES } from '@orus/core/lang/orus/messages';

const NOTE = '<!-- Generated from the source by `npm run reference`; do not edit. -->';

/** By file name in `docs/reference`. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ['messages.md', messages()],
    ['cli.md', commandLine()],
    ['ir.md', instructions()],
    ['opcodes.md', opcodes()],
    ['builtins.md', builtins()],
    ['bytecode-files.md', bytecodeFiles()],
    ['verifier.md', verifierRules()],
  ]);
}

function page(title: string, introduction: string, ...parts: readonly string[]): string {
  return `${[NOTE, `# ${title}`, introduction, ...parts].join('\n\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function messages(): string {
  return page(
    'Messages',
    'Every message of Orus has a code that does not change. `orus explain CODE` prints its page.',
    table(
      ['Code', 'Summary'],
      CODES.map((each) => [`[${each}](#${anchor(`${each}: ${MESSAGES[each].summary}`)})`, MESSAGES[each].summary]),
    ),
    ...CODES.map((each) => explain(each).trimEnd().replace(/^# /, '## ')),
  );
}

/** How GitHub names the anchor of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-');
}

function commandLine(): string {
  const options = (all: readonly OptionSpec[]): string =>
    table(
      ['Option', 'Meaning'],
      all.map((option) => [code(optionSyntax(option)), optionDoc(option)]),
    );
  return page(
    'The command line',
    '`orus FILE` runs a program; everything else has a command.',
    options(GLOBAL_OPTIONS),
    ...COMMANDS.flatMap((command) => [
      `## orus ${command.name} ${command.operands}`,
      `${command.summary.slice(0, 1).toUpperCase()}${command.summary.slice(1)}.`,
      ...command.details,
      options(command.options),
    ]),
    '## Exit statuses',
    table(
      ['Status', 'Meaning'],
      Object.values(EXIT).map(({ status, doc }) => [String(status), doc]),
    ),
  );
}

function effectWords(effects: Effects): string {
  const words = [
    effects.traps ? 'can fail' : '',
    effects.allocates ? 'allocates' : '',
    effects.reads ? 'reads' : '',
    effects.writes ? 'writes' : '',
  ];
  return words.filter((word) => word !== '').join(', ');
}

function instructions(): string {
  return page(
    'Instructions of the IR',
    'One row for each instruction: its operands, what else it carries (immediate), its result and its effects.',
    table(
      ['Instruction', 'Operands', 'Immediate', 'Result', 'Effects', 'Meaning'],
      OP_NAMES.map((name) => {
        const { doc, args, imm, result, effects } = opDef(name);
        return [
          code(name),
          typeof args === 'string' ? args : args.map(code).join(' '),
          imm === 'none' ? '' : imm,
          result === null ? '' : result === 'imm' ? 'by immediate' : code(result),
          effectWords(effects),
          doc,
        ];
      }),
    ),
  );
}

function opcodes(): string {
  return page(
    'Opcodes of the bytecode',
    'An instruction is one 32-bit word, the opcode in its lowest byte, and further words where operands need them. Operands stand in the order of their places, each as `name: kind (field)`: `reg8` and `reg16` name a slot of the frame, `s` and `u` are signed and unsigned numbers, a `word` is 32 bits. `=` marks the result, `+=` an operand that is read and then receives the result.',
    ...Object.entries(FAMILIES).flatMap(([family, defs]) => [
      `## ${family.slice(0, 1).toUpperCase()}${family.slice(1)}`,
      table(
        ['Opcode', 'Operands', 'Words', 'Flow', 'Meaning'],
        defs.flatMap(({ name }) => OPCODES.filter((op) => op.name === name).map(opcodeRow)),
      ),
    ]),
  );
}

function opcodeRow({ name, placed, words, traits, doc }: DefinedOpcode): string[] {
  const operands = placed.map(({ name, role, kind, field }) => {
    const change = role === 'def' ? '= ' : role === 'update' ? '+= ' : '';
    return code(`${change}${name}: ${kind} (${field})`);
  });
  const flow = [traits.flow === 'next' ? '' : traits.flow, traits.traps ? 'can fail' : ''];
  return [code(name), operands.join(' '), String(words), flow.filter((word) => word !== '').join(', '), doc];
}

function builtins(): string {
  return page(
    'Built-in operations of the machine',
    'What the instruction `rt` calls by name. The functions of the language are built from these.',
    table(
      ['Name', 'Operands', 'Result', 'Effects', 'Meaning'],
      Object.entries(BUILTINS).map(([name, { params, result, effects, doc }]) => [
        code(name),
        params.map(code).join(' '),
        result === null ? '' : code(result),
        effectWords(effects),
        doc,
      ]),
    ),
  );
}

function bytecodeFiles(): string {
  const bytes = MAGIC.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return page(
    'Bytecode files',
    `\`orus build\` and \`orus asm\` write them, \`orus run\` reads and verifies them. A file begins with the bytes ${code(bytes)}, then four words of 4 bytes, the lowest byte first: the version of the format (${FORMAT_VERSION}), the fingerprint of the instruction set, the length of what follows, and its CRC-32. Then come the sections in the order of this table, each as its number, its length in bytes and its value. A number takes 7 bits a byte, the lowest first; all but its last byte have the highest bit set. Sections marked *debug* are missing in a stripped file; names of functions, fields and variants are always there.`,
    table(
      ['Number', 'Section', 'Holds', 'Form'],
      SECTIONS.map(({ name, doc, debug, codec }, i) => [String(i), debug ? `${name} (debug)` : name, doc, codec.shape]),
    ),
  );
}

function verifierRules(): string {
  return page(
    'Rules of the verifier',
    'What a program must keep to be run from a bytecode file. Types of parameters, results, captured values and module variables are found by following all code that can be reached; tables of references for the collector are made anew. A refusal names the rule, the function and the place in its code.',
    table(
      ['Rule', 'Says'],
      RULES.map(({ name, sentence }) => [name, sentence]),
    ),
    '## Checked forms',
    'What no rule can establish is checked when the program runs: these instructions are replaced in code from files, where they need it.',
    table(
      ['Instruction', 'Becomes'],
      CHECKED_FORMS.map(({ op, checked }) => [code(op), code(checked)]),
    ),
  );
}
